import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { agentUnitText } from "../../../agent/plan/systemd/agent-unit.ts";
import { breakGlass } from "../../../agent/plan/systemd/break-glass.ts";
import { rotateTimerText, rotateUnitText } from "../../../agent/plan/systemd/rotate-unit.ts";
import { secretsUnitText } from "../../../agent/plan/systemd/secrets-unit.ts";

/** Values of one setting, in their order. */
function settings(unit: string, name: string): string[] {
  return [...unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value]) => value ?? "");
}

test("the agent outlives the engine: it comes after it and is bound to nothing", () => {
  expect(settings(agentUnitText(), "After").join(" ")).toContain("docker.service");
  for (const tie of ["Requires", "BindsTo", "PartOf", "Requisite", "Wants"])
    expect(settings(agentUnitText(), tie)).toEqual([]);
});

test("Docker waits for the secrets, wants them and does not require them", () => {
  const unit = secretsUnitText();
  expect(settings(unit, "Before")).toEqual(["docker.service"]);
  expect(settings(unit, "WantedBy")).toEqual(["docker.service"]);
  expect(settings(unit, "RequiredBy")).toEqual([]);
  expect(settings(unit, "TimeoutStartSec")).toEqual(["20"]);
});

test("a killed agent is always started again, and a docker command that it left is not cut off", () => {
  const unit = agentUnitText();
  expect(settings(unit, "Restart")).toEqual(["always"]);
  expect(settings(unit, "StartLimitIntervalSec")).toEqual(["0"]);
  expect(settings(unit, "KillMode")).toEqual(["process"]);
});

test("no unit takes variables by which somebody else's code would run as the agent", () => {
  for (const unit of [agentUnitText(), secretsUnitText(), rotateUnitText()]) {
    const unset = settings(unit, "UnsetEnvironment").join(" ").split(" ");
    for (const name of ["BUN_BE_BUN", "BUN_OPTIONS", "NODE_OPTIONS", "LD_PRELOAD"])
      expect(unset).toContain(name);
  }
});

test("only the units that give files away, and end, may give files away", () => {
  expect(settings(agentUnitText(), "CapabilityBoundingSet")).toEqual(["CAP_DAC_OVERRIDE"]);
  for (const unit of [secretsUnitText(), rotateUnitText()]) {
    expect(settings(unit, "CapabilityBoundingSet")).toEqual(["CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE"]);
    expect(settings(unit, "Type")).toEqual(["oneshot"]);
  }
  expect(settings(secretsUnitText(), "PrivateNetwork")).toEqual(["yes"]);
});

test("the watchdog is told which unit rotates, and that unit can read a soloflow.toml in somebody's home", () => {
  expect(settings(agentUnitText(), "Environment")).toContain(
    "SOLOFLOW_ROTATE_UNIT=soloflow-agent-rotate@%i.service",
  );
  expect(settings(rotateUnitText(), "ProtectHome")).toEqual(["read-only"]);
  expect(settings(agentUnitText(), "ProtectHome")).toEqual(["yes"]);
});

test("a rotation is started by the watchdog or the timer only, and what it has begun is not cut off", () => {
  expect(settings(rotateUnitText(), "WantedBy")).toEqual([]);
  expect(settings(rotateUnitText(), "KillMode")).toEqual(["process"]);
  expect(settings(rotateTimerText(), "WantedBy")).toEqual(["timers.target"]);
  // The shortest window that `check` takes without a word is twice as long.
  expect(settings(rotateTimerText(), "OnCalendar")).toEqual(["*:0/15"]);
});

test("the line that starts the stack without the agent is the documented one", () => {
  const document = readFileSync(join(import.meta.dir, "../../../docs/without-the-agent.md"), "utf8");
  expect(document).toContain(`    ${breakGlass("shop")}\n`);
});
