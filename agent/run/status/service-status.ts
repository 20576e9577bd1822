import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import { COLOURS, type Colour } from "../../plan/colour.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import { containersOf, type Observed } from "../../plan/observed.ts";
import { servingOf } from "../../plan/serving.ts";
import { look } from "../deploy/readiness.ts";

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

export type InstanceStatus = { container: string; colour: Colour; role: "serving" | "standby" | "draining" };

export type ServiceStatus = {
  name: string;
  state: ServiceState;
  /** Docker's own word: healthy, unhealthy, starting; null without a health check. */
  health: string | null;
  image: string | null;
  digest: string | null;
  /** The container that serves. */
  container: string | null;
  startedAt: string | null;
  readyAfterMs: number | null;
  restarts: number;
  memoryBytes: number | null;
  cpuPercent: number | null;
  instances: InstanceStatus[];
};

export async function serviceStatus(
  host: Host,
  store: Store,
  unit: DeployedUnit,
  observed: Observed,
): Promise<ServiceStatus> {
  const { container, instances } = locate(unit, observed);
  const running = container?.state === "running";
  const [state, stats, image] = await Promise.all([
    stateOf(host, unit, container),
    running ? host.engine.stats(container.id) : undefined,
    container === undefined ? undefined : host.engine.image(container.image),
  ]);
  return {
    name: unit.service,
    state,
    health: container?.health?.status ?? null,
    image: image?.tags[0] ?? container?.image ?? null,
    digest: image?.digests[0] ?? image?.id ?? null,
    container: container?.name ?? null,
    startedAt: container?.startedAt ?? null,
    readyAfterMs: store.readiness.samples(unit.service, 1)[0]?.ms ?? null,
    restarts: container?.restartCount ?? 0,
    memoryBytes: stats?.memoryBytes ?? null,
    cpuPercent: stats?.cpuPercent ?? null,
    instances,
  };
}

function locate(
  unit: DeployedUnit,
  observed: Observed,
): { container: Container | undefined; instances: InstanceStatus[] } {
  if (unit.strategy !== "overlap")
    return { container: containersOf(observed, unit.service)[0], instances: [] };
  const serving = servingOf(unit, observed);
  const shown = serving.colour ?? serving.flagged;
  const instances = COLOURS.flatMap((colour): InstanceStatus[] => {
    const container = serving.containers[colour];
    if (container === undefined) return [];
    return [{ container: container.name, colour, role: colour === serving.colour ? "serving" : "draining" }];
  });
  return { container: serving.containers[shown] ?? serving.legacy, instances };
}

async function stateOf(
  host: Host,
  unit: DeployedUnit,
  container: Container | undefined,
): Promise<ServiceState> {
  switch (container?.state) {
    case "running": {
      if (unit.strategy === "once") return "starting";
      // Looking must be quick: a command inside the container costs a process, Docker's own check is at hand.
      const asked = container.health === undefined ? unit : { ...unit, ready: quickProbe(unit.ready) };
      const probe = await look(host, asked, container, host.clock.now());
      if (probe.good) return "ready";
      return container.health?.status === "starting" ? "starting" : "unhealthy";
    }
    case "restarting":
      return "restarting";
    case "paused":
      return "held";
    case "exited":
      return unit.strategy === "once" && container.exitCode === 0 ? "completed" : "stopped";
    default:
      return "stopped";
  }
}

function quickProbe(probe: DeployedUnit["ready"]): DeployedUnit["ready"] {
  return probe !== undefined && "exec" in probe ? undefined : probe;
}
