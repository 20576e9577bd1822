import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import { look } from "../deploy/readiness.ts";
import type { WatchedService } from "../watch/telling.ts";

/** Part of the contract of `status --json`. */
export type ServiceState =
  | "starting"
  | "ready"
  | "completed"
  | "suspect"
  | "unhealthy"
  | "slow"
  | "restarting"
  | "blocked"
  | "held"
  | "open"
  | "stopped";

/** What the watchdog calls a service, in the words of the contract; absent: it knows nothing. */
const PHASES: Readonly<Record<string, ServiceState>> = {
  ...{ starting: "starting", ready: "ready", suspect: "suspect", unhealthy: "unhealthy", slow: "slow" },
  ...{ restarting: "restarting", blocked: "blocked", held: "held", open: "open", stopped: "stopped" },
  ...{ "half-open": "open", failed: "unhealthy" },
};

/** Of a container that does not run only these say more than the container itself. */
const BEYOND_THE_CONTAINER: ReadonlySet<ServiceState> = new Set(["held", "open", "restarting", "blocked"]);

type Seen = {
  /** Ask the service itself even where Docker calls it healthy. */
  detail: boolean;
  /** When it last was measured ready. */
  lastReadyAt: number | undefined;
  /** What the watchdog says; undefined: there is none, or it does not know the service. */
  watched: WatchedService | undefined;
};

/** The watchdog's word where there is one: it looks all the time. Else a look of its own. */
export async function serviceState(
  host: Host,
  unit: DeployedUnit,
  container: Container | undefined,
  { detail, lastReadyAt, watched }: Seen,
): Promise<ServiceState> {
  const told = unit.strategy === "once" ? undefined : PHASES[watched?.phase ?? ""];
  if (container?.state === "running") {
    if (told !== undefined && told !== "stopped") return told;
    return runningState(host, unit, container, { detail, lastReadyAt });
  }
  if (told !== undefined && BEYOND_THE_CONTAINER.has(told)) return told;
  if (container?.state === "restarting") return "restarting";
  if (container?.state === "paused") return "held";
  const isOver = container?.state === "exited" && unit.strategy === "once" && container.exitCode === 0;
  return isOver ? "completed" : "stopped";
}

async function runningState(
  host: Host,
  unit: DeployedUnit,
  container: Container,
  { detail, lastReadyAt }: Pick<Seen, "detail" | "lastReadyAt">,
): Promise<ServiceState> {
  if (unit.strategy === "once") return "starting";
  if (!detail && container.health?.status === "healthy") return "ready";
  // A command inside the container costs a process; Docker's own check is at hand.
  const asked = container.health === undefined ? unit : { ...unit, ready: quickProbe(unit.ready) };
  const probe = await look(host, asked, container, host.clock.now());
  if (probe.good) return "ready";
  return isBooting(unit, container, { nowMs: host.clock.now(), lastReadyAt }) ? "starting" : "unhealthy";
}

/** Whether a container that gives no good answer has not given one yet, and is within its time. */
function isBooting(
  unit: DeployedUnit,
  container: Container,
  { nowMs, lastReadyAt = 0 }: { nowMs: number; lastReadyAt: number | undefined },
): boolean {
  if (container.health !== undefined) return container.health.status === "starting";
  const startedAt = Date.parse(container.startedAt ?? "");
  return lastReadyAt < startedAt && nowMs - startedAt < unit.readyWithinMs;
}

function quickProbe(probe: DeployedUnit["ready"]): DeployedUnit["ready"] {
  return probe !== undefined && "exec" in probe ? undefined : probe;
}
