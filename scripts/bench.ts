/**
 * What the project promises in numbers, measured on this machine in one run: `bun run bench [part…]`. Prints a table
 * in Markdown; a bar that is missed is said and does not fail the run, for machines differ.
 */
import { cpus, totalmem } from "node:os";
import { bareMachine } from "../tests/bench/bare-machine.ts";
import { bootedMachine } from "../tests/bench/boot.ts";
import { decisions } from "../tests/bench/decisions.ts";
import { falseRestarts } from "../tests/bench/false-restarts.ts";
import { frozenGateway } from "../tests/bench/frozen.ts";
import { idleWatch } from "../tests/bench/idle.ts";
import { killedGateway } from "../tests/bench/killed.ts";
import { manyContainers } from "../tests/bench/many.ts";
import { readiness } from "../tests/bench/readiness.ts";
import { rotation } from "../tests/bench/rotation.ts";
import { markdown, type Row } from "../tests/bench/row.ts";
import { standbyTakesOver } from "../tests/bench/standby.ts";
import { gatewaySwitches, rudeApps } from "../tests/bench/switches.ts";
import { wholeCommands } from "../tests/bench/whole-commands.ts";

/** `alone`: nothing else is measured in this run, which may then take its time. */
const PARTS: Readonly<Record<string, (alone: boolean) => Promise<Row[]>>> = {
  gateway: gatewaySwitches,
  apps: rudeApps,
  commands: wholeCommands,
  readiness,
  bare: bareMachine,
  frozen: frozenGateway,
  standby: standbyTakesOver,
  killed: killedGateway,
  decisions,
  "false-restarts": falseRestarts,
  idle: idleWatch,
  many: manyContainers,
  boot: bootedMachine,
  rotation,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) {
  console.error(
    `error: there is no part ${unknown.join(", ")}\nhint: the parts are ${Object.keys(PARTS).join(", ")}`,
  );
  process.exit(2);
}

const rows: Row[] = [];
let broken = 0;
for (const [name, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`measuring ${name} …`);
  try {
    rows.push(...(await measure(asked.length === 1)));
  } catch (thrown) {
    // What the other parts have measured is not lost with it.
    broken += 1;
    console.error(`error: ${name} could not be measured:`, thrown);
  }
}
const gib = (totalmem() / 1024 ** 3).toFixed(0);
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${gib} GiB\n`,
);
console.log(markdown(rows));
process.exitCode = broken === 0 ? 0 : 1;
