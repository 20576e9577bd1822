import type { Probe } from "../../config/config.ts";
import type { Container } from "../../core/container.ts";
import type { ProbeResult } from "../../core/probe-result.ts";
import type { Host } from "../../host/host.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import { networkParent } from "../../plan/network-parent.ts";
import { INGRESS_NETWORK } from "../../plan/service-spec.ts";
import { probePath, probePort } from "../../plan/strategy.ts";
import { execProbe } from "./exec-probe.ts";

/** What is looked at: the service's own probe, or whether its container has a health check. */
type Looked = Pick<DeployedUnit, "ready" | "healthcheck">;

/** A probe inside the container costs a process there; it is asked less often. */
export const PROBE_EVERY_MS = 50;
export const EXEC_EVERY_MS = 200;
const PROBE_TIMEOUT_MS = 1_000;
/** A container without any probe counts as ready when it has run this long without a restart. */
const SETTLED_MS = 1_000;

/** One look at a running container: by the unit's own probe, else by Docker's health check, else by its age. */
export async function look(
  host: Host,
  unit: Looked,
  container: Container,
  nowMs: number,
): Promise<ProbeResult> {
  if (unit.ready !== undefined) return ask(host, unit.ready, container);
  if (unit.healthcheck) {
    const health = container.health;
    const detail = `docker says ${health?.status ?? "nothing"}${health?.lastOutput ? `: ${health.lastOutput}` : ""}`;
    return { good: health?.status === "healthy", answered: true, detail };
  }
  const ageMs = nowMs - Date.parse(container.startedAt ?? "");
  return { good: ageMs >= SETTLED_MS, answered: true, detail: `has run for ${Math.round(ageMs)} ms` };
}

/** Asks once, in the network in which it lives. */
export async function ask(
  host: Pick<Host, "engine" | "prober">,
  probe: Probe,
  container: Container,
): Promise<ProbeResult> {
  const parent = "exec" in probe ? undefined : networkParent(container);
  const network = parent === undefined ? container : ((await host.engine.container(parent)) ?? container);
  return probeContainer(host, probe, container, { timeoutMs: PROBE_TIMEOUT_MS, network });
}

/**
 * `network`: the container whose network it lives in, where that is another's. `lateMs`: how long an answer by HTTP
 * is listened for after its timeout; see `ProbeResult.late`.
 */
export async function probeContainer(
  host: Pick<Host, "engine" | "prober">,
  probe: Probe,
  container: Container,
  { timeoutMs, lateMs, network = container }: { timeoutMs: number; lateMs?: number; network?: Container },
): Promise<ProbeResult> {
  if ("exec" in probe) return execProbe(host.engine, container.id, probe.exec, timeoutMs);
  const address = addressOf(network);
  const port = probePort(probe) ?? 0;
  if (address === undefined) return { good: false, answered: false, detail: "it has no address yet" };
  return "http" in probe
    ? host.prober.http(`http://${address}:${port}${probePath(probe)}`, timeoutMs, lateMs)
    : host.prober.tcp(address, port, timeoutMs);
}

/** Where this machine reaches the container without a published port; the machine itself with network_mode: host. */
function addressOf(container: Container): string | undefined {
  const { addresses } = container;
  if ("host" in addresses) return "127.0.0.1";
  const preferred = Object.entries(addresses).find(([network]) => network.endsWith(`_${INGRESS_NETWORK}`));
  const address = preferred?.[1] ?? Object.values(addresses).find((candidate) => candidate !== "");
  return address === "" ? undefined : address;
}

/** How often to look: "exec" probes cost a process each. */
export function intervalOf(unit: Looked): number {
  return unit.ready !== undefined && "exec" in unit.ready ? EXEC_EVERY_MS : PROBE_EVERY_MS;
}
