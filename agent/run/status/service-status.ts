import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import { COLOURS, type Colour } from "../../plan/colour.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import { LABEL } from "../../plan/labels.ts";
import { containersOf, type Observed } from "../../plan/observed.ts";
import { type Serving, servingOf } from "../../plan/serving.ts";
import type { WatchedService } from "../watch/telling.ts";
import { type ServiceState, serviceState } from "./service-state.ts";

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
  /** What the watchdog does with it. */
  watch: DeployedUnit["watch"];
  /** The watchdog's words for its state and since when; null without one. */
  cause: string | null;
  since: string | null;
  /** When a service that is left alone is tried again. */
  nextTryAt: string | null;
};

/**
 * Without `detail` a service that Docker calls healthy is not asked again, and memory, CPU and the image's names are
 * left out: each costs a call for every service, and a glance must be quick.
 */
export async function serviceStatus(
  host: Host,
  store: Store,
  unit: DeployedUnit,
  { observed, detail, watched }: { observed: Observed; detail: boolean; watched: WatchedService | undefined },
): Promise<ServiceStatus> {
  const { container, instances } = locate(unit, observed);
  const running = container?.state === "running";
  const lastReady = store.readiness.samples(unit.service, 1)[0];
  const [state, stats, image] = await Promise.all([
    serviceState(host, unit, container, { detail, lastReadyAt: lastReady?.at, watched }),
    detail && running ? host.engine.stats(container.id) : undefined,
    detail && container !== undefined ? host.engine.image(container.image) : undefined,
  ]);
  return {
    name: unit.service,
    state,
    health: container?.health?.status ?? null,
    image: image?.tags[0] ?? container?.image ?? null,
    digest: image?.digests[0] ?? image?.id ?? null,
    container: container?.name ?? null,
    startedAt: container?.startedAt ?? null,
    readyAfterMs: lastReady?.ms ?? null,
    restarts: container?.restartCount ?? 0,
    memoryBytes: stats?.memoryBytes ?? null,
    cpuPercent: stats?.cpuPercent ?? null,
    instances,
    watch: unit.watch,
    cause: watched?.cause ?? null,
    since: watched?.since ?? null,
    nextTryAt: watched?.nextTryAt ?? null,
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
    return [{ container: container.name, colour, role: roleOf(unit, container, serving) }];
  });
  return { container: serving.containers[shown] ?? serving.legacy, instances };
}

/**
 * Beside the one that serves: its standby is made of the same; else an older one still answers what it has begun, and
 * a newer one is getting ready.
 */
function roleOf(
  { standby }: DeployedUnit,
  container: Container,
  { colour, containers }: Serving,
): InstanceStatus["role"] {
  const serves = colour === undefined ? undefined : containers[colour];
  if (container.id === serves?.id) return "serving";
  if (standby && container.labels[LABEL.spec] === serves?.labels[LABEL.spec]) return "standby";
  const isOlder = (container.startedAt ?? "") < (serves?.startedAt ?? "");
  return container.state === "running" && isOlder ? "draining" : "standby";
}
