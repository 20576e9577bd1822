import { versionOf } from "./lacking.ts";
import type { Machine } from "./machine.ts";
import { renderStep } from "./render-setup.ts";
import { PIECES } from "./requirements.ts";
import type { SetupPlan } from "./setup-plan.ts";
import { plainVersion } from "./version.ts";

/** "ready": nothing to do. "needed": not done, nobody agreed. "manual": a person has to do it. */
type Result = "ready" | "done" | "needed" | "manual";

/** The document of `setup --json`; versions are null where a piece is missing. */
export function setupDocument(machine: Machine, plan: SetupPlan, result: Result): object {
  const versions = PIECES.map((piece) => {
    const version = versionOf(machine, piece);
    return [piece, version === undefined ? null : plainVersion(version)];
  });
  return {
    schema: 1,
    result,
    system: machine.system.name,
    versions: Object.fromEntries(versions),
    running: machine.engine.state === "running",
    steps:
      plan.kind === "steps"
        ? plan.steps.map((step) => ({ kind: step.kind, title: renderStep(step), cause: step.cause }))
        : [],
    cause: "cause" in plan ? plan.cause : null,
    commands: plan.kind === "manual" ? plan.commands : [],
  };
}
