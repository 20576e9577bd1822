import { formatDuration } from "../../core/duration.ts";
import { SoloflowError } from "../../core/errors.ts";
import { composeUp } from "../../plan/docker.ts";
import type { Start } from "../../plan/step.ts";
import { isSlowStart, type Usual } from "../../plan/timings/slow-start.ts";
import { composeFault } from "../compose-fault.ts";
import { awaitStart, type Started } from "./await-start.ts";
import { diagnose } from "./diagnosis.ts";
import { type Execution, unitOf } from "./execution.ts";
import { modelFile } from "./model-file.ts";
import { upTimeoutMs } from "./up-timeout.ts";

/**
 * Starts some services with one call of Compose and waits for all of them side by side.
 * Errors: SoloflowError "not-ready" with the diagnosis of each that failed; "compose" when Compose itself fails.
 */
export async function startAll(execution: Execution, starts: readonly Start[]): Promise<void> {
  const at = execution.host.clock.now();
  for (const start of starts) execution.done.push({ did: "start", start, at });
  const up = { done: false };
  const stop = new AbortController();
  const signal = AbortSignal.any([execution.signal, stop.signal]);
  const work = [
    composeStart(execution, starts).then(() => {
      up.done = true;
    }),
    ...starts.map((start) => awaitOne(execution, start, up, signal)),
  ];
  // All have ended before anything is put back; the first that cannot go on stops the others.
  for (const one of work) one.catch(() => stop.abort());
  await Promise.allSettled(work);
  const results = (await Promise.all(work)).filter((result) => result !== undefined);
  const failed = results.filter((result) => result.kind === "failed");
  if (failed.length === 0) return;
  const reports = await Promise.all(failed.map((result) => diagnose(execution.host, result)));
  throw new SoloflowError("not-ready", reports.join("\n"));
}

async function composeStart(execution: Execution, starts: readonly Start[]): Promise<void> {
  const { exec, project, before } = execution;
  const instances = starts.map((start) => start.instance);
  const former = instances.map((instance) => before?.services[instance]);
  const next = starts.map((start) => unitOf(execution, start.service).spec);
  const outcome = await exec(composeUp(modelFile(project), project.config.project, instances), {
    timeoutMs: upTimeoutMs([...former, ...next]),
  });
  if (outcome.kind === "ok") return;
  throw new SoloflowError("compose", `could not start ${instances.join(", ")}: ${composeFault(outcome)}`);
}

async function awaitOne(
  execution: Execution,
  start: Start,
  up: { done: boolean },
  signal: AbortSignal,
): Promise<Started> {
  const { host, project, progress, store } = execution;
  const unit = unitOf(execution, start.service);
  const step = progress.step(`${start.until === "ready" ? "starting" : "running"} ${start.instance}`);
  const result = await awaitStart(host, project.config.project, { unit, start, up, signal });
  if (result.kind === "failed") {
    step.fail(result.why);
    return result;
  }
  execution.readyAfterMs.set(unit.service, result.readyAfterMs);
  const how = start.until === "ready" ? "ready" : "completed";
  const slow = slowness(result.readyAfterMs, store.readiness.summary(unit.service));
  step.done(`${how} ${formatDuration(result.readyAfterMs)} after its start${slow}`);
  store.readiness.record({
    ...{ service: unit.service, image: result.container.image, at: host.clock.now() },
    ...{ ms: Math.round(result.readyAfterMs), cause: "deploy" },
  });
  return result;
}

/** What is to be said of a start that took longer than those before it; see `isSlowStart`. */
function slowness(ms: number, usual: Usual | undefined): string {
  if (usual === undefined || !isSlowStart(ms, usual)) return "";
  return `: slower than usual (95 % of its starts within ${formatDuration(usual.p95Ms)})`;
}
