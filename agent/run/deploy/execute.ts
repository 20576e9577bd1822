import { EXIT, reason, SoloflowError } from "../../core/errors.ts";
import { colourInstance, otherColour } from "../../plan/colour.ts";
import { renderStep } from "../../plan/render.ts";
import type { Step } from "../../plan/step.ts";
import { flip } from "../ingress-files.ts";
import { drain } from "./drain-step.ts";
import type { Execution } from "./execution.ts";
import { retire } from "./remove-step.ts";
import { setRoles } from "./roles-step.ts";
import { startAll } from "./start-step.ts";
import { undoAll } from "./undo.ts";

/**
 * Does the steps in order. Until the last flip everything is taken back when something fails; what comes after
 * (draining, removing the old) fails nobody and is only warned of: the next deploy finishes it.
 * Errors: SoloflowError with exit code 3 when all was put back, 4 with what could not be.
 */
export async function execute(execution: Execution, steps: readonly Step[]): Promise<void> {
  const endings = steps.filter(
    (step) => step.do === "drain" || (step.do === "remove" && isAfterFlips(steps, step)),
  );
  try {
    for (const step of steps) {
      if (endings.includes(step)) continue;
      if (execution.signal.aborted) throw new SoloflowError("cancelled", "cancelled");
      await logged(execution, step);
    }
  } catch (thrown) {
    throw await putBack(execution, thrown);
  }
  for (const step of endings) await performOrWarn(execution, step);
}

/** A container that hands its ports over goes before the ingress starts; all other removals come last. */
function isAfterFlips(steps: readonly Step[], step: Step): boolean {
  return !steps.slice(steps.indexOf(step)).some((later) => later.do === "start" || later.do === "flip");
}

async function logged(execution: Execution, step: Step): Promise<void> {
  const words = renderStep(step);
  execution.log(words, "started");
  try {
    await perform(execution, step);
    execution.log(words, "done");
  } catch (thrown) {
    execution.log(words, "failed");
    throw thrown;
  }
}

async function perform(execution: Execution, step: Step): Promise<void> {
  const { host, project, progress } = execution;
  switch (step.do) {
    case "start":
      return startAll(execution, step.starts);
    case "roles":
      return setRoles(execution, step.service);
    case "flip":
      execution.done.push({ did: "flip", service: step.service, from: otherColour(step.to) });
      await flip(host, project, step.service, step.to);
      return progress.say(`  ${colourInstance(step.service, step.to)} serves`);
    case "drain":
      return drain(execution, step.service, step.colour, step.limitMs);
    case "remove":
      return retire(host, project, step.container);
    default:
      return step satisfies never;
  }
}

async function performOrWarn(execution: Execution, step: Step): Promise<void> {
  try {
    await logged(execution, step);
  } catch (thrown) {
    execution.progress.warn(reason(thrown), "the next deploy cleans up what is left");
  }
}

async function putBack(execution: Execution, thrown: unknown): Promise<SoloflowError> {
  const cause = reasonOf(thrown);
  const problems = await undoAll(execution);
  if (problems.length === 0) {
    return new SoloflowError(
      "restored",
      `${cause}\nthe deploy was put back: everything runs as it did before`,
      {
        hint: hintOf(thrown) ?? "mend what is named above and deploy again",
        exitCode: EXIT.restored,
        cause: thrown,
      },
    );
  }
  return new SoloflowError(
    "not-restored",
    `${cause}\nnot all could be put back:\n  ${problems.join("\n  ")}`,
    {
      hint:
        hintOf(thrown) ?? "soloflow-agent status shows what runs; mend what is named above and deploy again",
      exitCode: EXIT.notRestored,
      cause: thrown,
    },
  );
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function hintOf(thrown: unknown): string | undefined {
  return thrown instanceof SoloflowError ? thrown.hint : undefined;
}
