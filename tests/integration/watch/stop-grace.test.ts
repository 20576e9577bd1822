import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dockerEngine } from "../../../agent/host/docker-engine.ts";
import { engineSocket } from "../../../agent/host/engine/engine-address.ts";
import { systemMachine } from "../../../agent/host/machine.ts";
import { stopGrace } from "../../../agent/run/watch/act/stop-grace.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { waitFor } from "../../support/wait-for.ts";

const engine = dockerEngine(() => engineSocket(process.env), process.geteuid?.() ?? 0);
const SLEEPS = "exec sleep 1000";
const GRACE = ["--stop-timeout", "7"];
const ALONE = ["--init=false", ...GRACE];

/** What a container that runs this would get, once its script has come to where it stays. */
async function graceOf(script: string, options: readonly string[], signal?: NodeJS.Signals): Promise<number> {
  await using sandbox = makeSandbox();
  const id = await sandbox.run(script, options);
  const container = await waitFor("it runs", async () => {
    const now = await engine.container(id);
    return now?.pid !== undefined && now;
  });
  const pid = container.pid ?? 0;
  const isItself = () => !readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("runc");
  await waitFor("it sleeps", async () => isItself() && (await systemMachine.process(pid))?.state === "S");
  if (signal !== undefined) {
    process.kill(pid, signal);
    await waitFor("it stands still", async () => (await systemMachine.process(pid))?.state === "T");
  }
  return (await stopGrace({ machine: systemMachine }, container)).seconds;
}

test("behind an init, and of whoever handles the signal, the whole grace is given", async () => {
  expect(await graceOf(SLEEPS, GRACE)).toBe(7);
  expect(await graceOf("trap 'sleep 5' TERM; while :; do sleep 1; done", ALONE)).toBe(7);
}, 60_000);

test("of a first process that takes no signal, or that stands still, none is", async () => {
  expect(await graceOf(SLEEPS, ALONE)).toBe(0);
  expect(await graceOf(SLEEPS, ALONE, "SIGSTOP")).toBe(0);
  expect(await graceOf("trap 'exit 0' TERM; while :; do sleep 1; done", ALONE, "SIGSTOP")).toBe(0);
}, 60_000);
