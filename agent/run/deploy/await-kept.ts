import { EXIT, SoloflowError } from "../../core/errors.ts";
import { LABEL } from "../../plan/labels.ts";
import { isRunning } from "../../plan/observed.ts";
import type { Unit } from "../../plan/unit.ts";
import { awaitStart, type Started } from "./await-start.ts";
import { diagnose } from "./diagnosis.ts";
import type { Execution } from "./execution.ts";

/**
 * Waits, side by side, for services that a deploy leaves as they are. Errors: SoloflowError "not-ready" with exit
 * code 4, for there is nothing that they could be put back to.
 */
export async function awaitKept(execution: Execution, units: readonly Unit[]): Promise<void> {
  const results = (await Promise.all(units.map((unit) => awaitUnit(execution, unit)))).flat();
  const failed = results.filter((result) => result.kind === "failed");
  if (failed.length === 0) return;
  const reports = await Promise.all(failed.map((result) => diagnose(execution.host, result)));
  throw new SoloflowError("not-ready", reports.join("\n"), {
    hint: "mend what is named above and deploy again",
    exitCode: execution.signal.aborted ? EXIT.failed : EXIT.notRestored,
  });
}

/** Each container of it that runs, a standby too; none for one that somebody has paused: it is left alone. */
async function awaitUnit(execution: Execution, unit: Unit): Promise<Started[]> {
  const { host, project } = execution;
  const containers = await host.engine.containers([
    `${LABEL.composeProject}=${project.config.project}`,
    `${LABEL.spec}=${unit.hash}`,
  ]);
  const running = new Set(containers.filter(isRunning).map(({ labels }) => labels[LABEL.composeService]));
  const instances = unit.instances.map(({ name }) => name).filter((name) => running.has(name));
  return Promise.all(instances.map((instance) => awaitInstance(execution, unit, instance)));
}

async function awaitInstance(execution: Execution, unit: Unit, instance: string): Promise<Started> {
  const { host, project, progress, signal } = execution;
  const step = progress.step(`looking at ${instance}`);
  const start = { service: unit.service, instance, until: "ready", undo: { kind: "nothing" } } as const;
  const result = await awaitStart(host, project.config.project, { unit, start, up: { done: true }, signal });
  if (result.kind === "failed") step.fail(result.why);
  else step.done("ready");
  return result;
}
