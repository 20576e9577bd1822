import type { Container } from "../../core/container.ts";
import { reason, SoloflowError } from "../../core/errors.ts";
import type { ProbeResult } from "../../core/probe-result.ts";
import type { Host } from "../../host/host.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import { LABEL } from "../../plan/labels.ts";
import { isOneOff, newestFirst } from "../../plan/observed.ts";
import type { Start } from "../../plan/step.ts";
import { intervalOf, look } from "./readiness.ts";

/** How a start ended. `readyAfterMs` counts from the container's own start to its first good answer. */
export type Started =
  | { kind: "ready"; service: string; container: Container; readyAfterMs: number }
  | {
      kind: "failed";
      service: string;
      why: string;
      container: Container | undefined;
      lastProbe: ProbeResult | undefined;
    };

/** So many restarts by Docker before the first good answer, and it is not waited for any longer. */
const CRASHES_ENOUGH = 3;

/** What is needed of a unit to wait for it. */
export type AwaitedUnit = Pick<DeployedUnit, "service" | "hash" | "ready" | "readyWithinMs" | "healthcheck">;

export type Awaited = {
  unit: AwaitedUnit;
  start: Start;
  /** Settled when Compose has made and started the container; until then an old container may bear its name. */
  up: { done: boolean };
  signal: AbortSignal;
};

/** What the last looks found. */
type Seen = { container: Container | undefined; lastProbe: ProbeResult | undefined };

/**
 * Looks at the container from the moment it is there, while Compose may still be busy with others, until it is ready
 * (or has completed), has failed for good, or its time is over. Its time begins when it runs: what Compose needs to
 * stop the former one is not taken from it. An engine that does not answer is asked again within that time.
 */
export async function awaitStart(host: Host, project: string, awaited: Awaited): Promise<Started> {
  const { unit, up, signal } = awaited;
  const seen: Seen = { container: undefined, lastProbe: undefined };
  let deadline = Number.POSITIVE_INFINITY;
  while (!signal.aborted) {
    const found = await lookAgain(host, project, awaited, seen);
    if (found.kind === "ready") return { ...found, service: unit.service };
    if (found.kind === "failed") return failed(unit, seen, found.why);
    const now = host.clock.monotonic();
    if (up.done || found.kind === "running") deadline = Math.min(deadline, now + unit.readyWithinMs);
    if (now >= deadline) {
      const trouble = found.kind === "blind" ? `: ${found.why}` : "";
      return failed(unit, seen, `not ready within ${unit.readyWithinMs / 1_000} s${trouble}`);
    }
    await host.clock.sleep(intervalOf(unit), signal);
  }
  return failed(unit, seen, "cancelled");
}

type Found =
  | Verdict
  | { kind: "ready"; container: Container; readyAfterMs: number }
  /** The engine gave no answer. */
  | { kind: "blind"; why: string };

async function lookAgain(host: Host, project: string, awaited: Awaited, seen: Seen): Promise<Found> {
  try {
    const container = await newContainer(host, project, awaited);
    seen.container = container;
    if (container === undefined) return { kind: "wait" };
    const verdict = judge(awaited, container);
    if (verdict.kind === "completed")
      return { kind: "ready", container, readyAfterMs: lifetimeMs(container) };
    if (verdict.kind !== "running" || awaited.start.until !== "ready") return verdict;
    seen.lastProbe = await look(host, awaited.unit, container, host.clock.now());
    if (!seen.lastProbe.good) return verdict;
    return { kind: "ready", container, readyAfterMs: sinceStart(container, host.clock.now()) };
  } catch (thrown) {
    if (thrown instanceof SoloflowError) return { kind: "blind", why: reason(thrown) };
    throw thrown;
  }
}

function failed({ service }: AwaitedUnit, seen: Seen, why: string): Started {
  return { kind: "failed", service, why, ...seen };
}

/**
 * The container that this deploy made: by its specification, not by its name, which Compose may form otherwise
 * (COMPOSE_COMPATIBILITY) or, cut off while it made one anew, leave with a prefix.
 */
async function newContainer(
  host: Host,
  project: string,
  { unit, start }: Awaited,
): Promise<Container | undefined> {
  const containers = await host.engine.containers([
    `${LABEL.composeProject}=${project}`,
    `${LABEL.composeService}=${start.instance}`,
    `${LABEL.spec}=${unit.hash}`,
  ]);
  return containers
    .filter((container) => !isOneOff(container) && container.id !== start.former)
    .sort(newestFirst)[0];
}

type Verdict =
  | { kind: "running" }
  | { kind: "completed" }
  | { kind: "failed"; why: string }
  | { kind: "wait" };

function judge({ start, up }: Awaited, container: Container): Verdict {
  const { state, restartCount: crashes } = container;
  // Between two restarts, so that the exit code is still there to be told.
  if (start.until === "ready" && crashes >= CRASHES_ENOUGH && state !== "running") {
    return { kind: "failed", why: `it crashed ${crashes} times` };
  }
  if (state === "running") return { kind: "running" };
  // Before Compose is done, "exited" may be what was there before it began.
  if (!up.done || (state !== "exited" && state !== "dead")) return { kind: "wait" };
  if (start.until === "completed" && container.exitCode === 0) return { kind: "completed" };
  return { kind: "failed", why: `it ended with exit code ${container.exitCode}` };
}

function sinceStart(container: Container, nowMs: number): number {
  return Math.max(0, nowMs - Date.parse(container.startedAt ?? ""));
}

function lifetimeMs(container: Container): number {
  return Math.max(0, Date.parse(container.finishedAt ?? "") - Date.parse(container.startedAt ?? ""));
}
