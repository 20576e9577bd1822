import { EXIT, reason, SoloflowError } from "../../core/errors.ts";
import { appliedDesired } from "../../plan/applied.ts";
import type { Delivered } from "../../plan/delivered.ts";
import { type DeployPlan, planDeploy } from "../../plan/deploy.ts";
import type { Step } from "../../plan/step.ts";
import type { Desired } from "../../plan/unit.ts";
import type { Execution } from "../deploy/execution.ts";
import { readModel } from "../deploy/model-file.ts";
import { pruneSecrets } from "../deploy/prune-secrets.ts";
import { rollOut } from "../deploy/roll-out.ts";
import { observe } from "../observe.ts";
import { readDeliveries } from "../secrets/delivery-record.ts";
import type { OpenSecrets } from "../secrets/open-secrets.ts";
import { redeliverSecrets } from "../secrets/redeliver-secrets.ts";
import { type Applied, readApplied } from "./applied-model.ts";
import { knownOf, type Rotating } from "./rotating.ts";
import { servedOf } from "./served.ts";

/**
 * What comes after the last flip (draining, removing the old) fails no rollout. Here it is done again at once: a
 * container that was left behind would hold on to the old login.
 */
const PASSES = 2;

/**
 * Gives everybody who has one of these secrets the values of `opened`, by a rollout of what is applied; `issues`: see
 * `Issuing`. Nothing is done where they have them. The services are held against the watchdog meanwhile.
 * Errors: those of a rollout, after it was put back: exit code 3, or 4 where not all could be.
 */
export async function rollTo(
  rotating: Rotating,
  names: readonly string[],
  opened: OpenSecrets,
  issues: Readonly<Record<string, number>> = {},
): Promise<void> {
  const { host, store } = rotating;
  const project = knownOf(rotating);
  // Taken down: whoever brings the stack up gives it what CURRENT says.
  if ((await observe(host, project, store)).containers.length === 0) return;
  const applied = await readApplied(host, project, store);
  const served = servedOf(await readDeliveries(host, project), applied, names);
  if (served.length === 0) return;
  const lease = await rotating.lease(served.map(({ record }) => record.service));
  try {
    const { secret } = rotating.project.config;
    const delivered = await redeliverSecrets(host, project, served, opened, {
      issues,
      isOverlapping: (name) => secret[name]?.overlap !== undefined,
      isBare: (name) => secret[name]?.accepts === 1,
    });
    for (let passes = 1; passes <= PASSES; passes += 1) if (!(await pass(rotating, delivered))) return;
  } finally {
    lease.release();
  }
}

/** Whether there was anything to do. */
async function pass(rotating: Rotating, delivered: Readonly<Record<string, Delivered>>): Promise<boolean> {
  const { host, project, progress, store } = rotating;
  const known = knownOf(rotating);
  const applied = await readApplied(host, known, store);
  const desired = appliedDesired(known.name, applied.model, applied.specOf, delivered);
  const observed = await observe(host, known, store);
  const planned = planDeploy(desired, observed, { only: Object.keys(delivered), databases: [] });
  const plan = { ...planned, steps: planned.steps.map(repeatable) };
  const execution = executionOf(rotating, applied, desired);
  const { containers } = observed;
  const rollout = { plan, containers, kept: [], watch: applied.model["x-soloflow"].watch };
  const { failure } = await rollOut(execution, rollout, async () => undefined);
  await pruneSecrets(host, known, await readModel(host, known)).catch((thrown) =>
    progress.warn(`decrypted secrets are left in ${project.paths.run}: ${reason(thrown)}`),
  );
  if (failure !== undefined) throw inWords(failure, plan);
  return plan.steps.length > 0;
}

function executionOf(rotating: Rotating, applied: Applied, desired: Desired): Execution {
  const { host, exec, project, store, progress, log, signal } = rotating;
  return {
    ...{ host, exec, project, store, desired, before: applied.model, progress, log, signal },
    ...{ done: [], replaced: [], readyAfterMs: new Map() },
  };
}

/** A one-shot that has run with this very image does nothing new when it runs with another login. */
function repeatable(step: Step): Step {
  if (step.do !== "start") return step;
  const starts = step.starts.map((start) =>
    start.undo.kind === "impossible" ? { ...start, undo: { kind: "nothing" } as const } : start,
  );
  return { ...step, starts };
}

/** As of a rotation: what failed, and whether everything runs as before. */
function inWords(failure: SoloflowError, { services }: DeployPlan): SoloflowError {
  if (failure.exitCode !== EXIT.restored) return failure;
  const cause = failure.cause instanceof Error ? failure.cause.message : failure.message;
  const names = services.filter(({ start }) => start !== undefined).map(({ service }) => service);
  return new SoloflowError("not-ready", `${names.join(", ")} did not take the new values: ${cause}`, {
    exitCode: EXIT.restored,
    cause: failure,
  });
}
