import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { ProbeResult } from "../../host/prober.ts";
import { LABEL } from "../../plan/labels.ts";
import type { Start } from "../../plan/step.ts";
import type { Unit } from "../../plan/unit.ts";
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

export type Awaited = {
  unit: Unit;
  start: Start;
  /** Settled when Compose has made and started the container; until then an old container may bear its name. */
  up: { done: boolean };
  signal: AbortSignal;
};

/**
 * Looks at the container from the moment it is there, while Compose may still be busy with others, until it is ready
 * (or has completed), has failed for good, or its time is over.
 */
export async function awaitStart(host: Host, project: string, awaited: Awaited): Promise<Started> {
  const { unit, start, signal } = awaited;
  const deadline = host.clock.monotonic() + unit.readyWithinMs;
  let container: Container | undefined;
  let lastProbe: ProbeResult | undefined;
  const failed = (why: string): Started => ({
    kind: "failed",
    service: unit.service,
    why,
    container,
    lastProbe,
  });
  while (!signal.aborted) {
    container = await newContainer(host, project, awaited);
    const verdict = container === undefined ? undefined : judge(awaited, container);
    if (verdict?.kind === "failed") return failed(verdict.why);
    if (verdict?.kind === "completed" && container !== undefined)
      return ready(unit, container, lifetimeMs(container));
    if (verdict?.kind === "running" && container !== undefined && start.until === "ready") {
      lastProbe = await look(host, unit, container, host.clock.now());
      if (lastProbe.good) return ready(unit, container, sinceStart(container, host.clock.now()));
    }
    if (host.clock.monotonic() >= deadline) return failed(`not ready within ${unit.readyWithinMs / 1_000} s`);
    await host.clock.sleep(intervalOf(unit), signal);
  }
  return failed("cancelled");
}

/** The container that this deploy made: by name, and by the specification on its label. */
async function newContainer(
  host: Host,
  project: string,
  { unit, start }: Awaited,
): Promise<Container | undefined> {
  const instance = unit.instances.find((candidate) => candidate.name === start.instance);
  const name = instance?.spec.container_name ?? `${project}-${start.instance}-1`;
  const container = await host.engine.container(name);
  return container?.labels[LABEL.spec] === unit.hash ? container : undefined;
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

function ready(unit: Unit, container: Container, readyAfterMs: number): Started {
  return { kind: "ready", service: unit.service, container, readyAfterMs };
}

function sinceStart(container: Container, nowMs: number): number {
  return Math.max(0, nowMs - Date.parse(container.startedAt ?? ""));
}

function lifetimeMs(container: Container): number {
  return Math.max(0, Date.parse(container.finishedAt ?? "") - Date.parse(container.startedAt ?? ""));
}
