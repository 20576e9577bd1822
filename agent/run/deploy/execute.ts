import { EXIT, reason, SoloflowError } from "../../core/errors.ts";
import { renderStep } from "../../plan/render.ts";
import type { Step } from "../../plan/step.ts";
import { setAlone } from "../ingress-files.ts";
import { detach } from "./detach-step.ts";
import { drain } from "./drain-step.ts";
import type { Execution } from "./execution.ts";
import { flipStep } from "./flip-step.ts";
import { retire } from "./remove-step.ts";
import { setRoles } from "./roles-step.ts";
import { startAll } from "./start-step.ts";
import { undoAll } from "./undo.ts";

const ENDINGS: ReadonlySet<Step["do"]> = new Set(["drain", "remove", "standby", "attach"]);

/**
 * Does the steps in order. Until the last flip everything is taken back when something fails; what comes after
 * (draining, removing the old, its turn as the standby) fails nobody and is only warned of: the next deploy finishes it.
 * Errors: SoloflowError with exit code 3 when all was put back, 4 with what could not be.
 */
export async function execute(execution: Execution, steps: readonly Step[]): Promise<void> {
  const isEnding = (step: Step) => ENDINGS.has(step.do);
  try {
    for (const step of steps.filter((each) => !isEnding(each))) {
      if (execution.signal.aborted) throw new SoloflowError("cancelled", "cancelled");
      await logged(execution, step);
    }
  } catch (thrown) {
    throw await putBack(execution, thrown);
  }
  for (const step of steps.filter(isEnding)) await performOrWarn(execution, step);
}

async function logged(execution: Execution, step: Step): Promise<void> {
  const words = renderStep(step);
  execution.log(words, "started");
  try {
    await perform(execution, step);
    execution.log(words, "done");
  } catch (thrown) {
    noteFailure(execution, words);
    throw thrown;
  }
}

/** The journal may be what failed: the first error counts. */
function noteFailure({ log }: Execution, words: string): void {
  try {
    log(words, "failed");
  } catch {
    // The step's own error is on its way to whoever reads it.
  }
}

async function perform(execution: Execution, step: Step): Promise<void> {
  const { host, done } = execution;
  switch (step.do) {
    case "start":
      return startAll(execution, step.starts);
    case "roles":
      return setRoles(execution, step.service);
    case "stop":
      done.push({ did: "stop", service: step.service, container: step.container.id });
      return host.engine.stop(step.container.id);
    case "detach":
      return detach(execution, step.service, step.standby, step.limitMs);
    case "flip":
      return flipStep(execution, step.service, step.to);
    case "drain":
      return drain(execution, step.service, step.colour, step.limitMs);
    case "remove":
      return retire(execution, step.container);
    case "standby":
      await startAll(execution, [step.start]);
      return setAlone(host, execution.project, step.start.service, false);
    case "attach":
      return setAlone(host, execution.project, step.service, false);
    default:
      return step satisfies never;
  }
}

async function performOrWarn(execution: Execution, step: Step): Promise<void> {
  try {
    await logged(execution, step);
  } catch (thrown) {
    execution.progress.warn(reason(thrown), "the next deploy sees to what is left");
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
