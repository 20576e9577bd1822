import type { Config, Probe } from "../config/config.ts";
import type { ComposeModel, ComposePort, ComposeService } from "./compose-model.ts";

/**
 * How a service is changed. overlap: the other colour is ready before the old one goes, the ingress switches, no
 * request is lost. replace: the old container stops, the new one starts. once: runs to its end before its dependents.
 */
export type Strategy = "overlap" | "replace" | "once";

/** The strategy of a service: what soloflow.toml says, else what its shape allows for certain. */
export function strategyOf(name: string, config: Config, model: ComposeModel): Strategy {
  const service = model.services[name];
  const settings = config.service[name];
  if (service === undefined) return "replace";
  if (isOneShot(name, service, model)) return "once";
  return (
    settings?.deploy ?? (overlapObstacle(name, settings?.ready, model) === undefined ? "overlap" : "replace")
  );
}

function isOneShot(name: string, service: ComposeService, model: ComposeModel): boolean {
  const restarts = service.restart !== undefined && service.restart !== "no";
  const awaited = Object.values(model.services).some(
    (other) => other.depends_on?.[name]?.condition === "service_completed_successfully",
  );
  return awaited && !restarts;
}

/** Why the ingress cannot lead to two colours of a service, as the end of a sentence; undefined when it can. */
export function overlapObstacle(
  name: string,
  ready: Probe | undefined,
  model: Pick<ComposeModel, "services">,
): string | undefined {
  const service = model.services[name] ?? {};
  if (ready === undefined || !("http" in ready)) return 'it has no ready = { http = "…" }';
  if (service.network_mode !== undefined) return `its network_mode is ${service.network_mode}`;
  const port = probePort(ready);
  const ports = publishedPorts(service);
  if (!ports.some(({ target }) => target === port)) return `the compose file publishes no port for :${port}`;
  const other = service.ports?.find((each) => each.target !== port || !isFixed(each));
  if (other !== undefined) {
    const { published = "a port that Docker chooses", target, protocol = "tcp" } = other;
    return `the ingress leads to :${port} only, and it also publishes ${published} for ${target}/${protocol}`;
  }
  const user = Object.keys(model.services).find((each) => usesContainerOf(model.services[each] ?? {}, name));
  return user === undefined
    ? undefined
    : `${user} uses its container (network_mode, pid, ipc, links or volumes_from)`;
}

/** Whether a service names the one container of another, which two colours have no more. */
function usesContainerOf(service: ComposeService, name: string): boolean {
  const { network_mode: network, pid, ipc, links, volumes_from: volumes } = service;
  if ([network, pid, ipc].includes(`service:${name}`)) return true;
  return [links, volumes].some(
    (list) => Array.isArray(list) && list.some((item) => String(item).split(":", 1)[0] === name),
  );
}

type FixedPort = ComposePort & { published: string };

/** TCP ports of a service that are published on a fixed port of the machine. */
export function publishedPorts(service: ComposeService): FixedPort[] {
  return (service.ports ?? []).filter(isFixed);
}

function isFixed(port: ComposePort): port is FixedPort {
  return /^[1-9]\d*$/.test(port.published ?? "") && (port.protocol ?? "tcp") === "tcp";
}

/** The port of an HTTP or TCP probe; undefined for a command. */
export function probePort(probe: Probe): number | undefined {
  const text = "http" in probe ? probe.http : "tcp" in probe ? probe.tcp : undefined;
  const match = /^:(\d+)/.exec(text ?? "");
  return match === null ? undefined : Number(match[1]);
}

/** The path of an HTTP probe. */
export function probePath(probe: Probe): string | undefined {
  return "http" in probe ? probe.http.replace(/^:\d+/, "") : undefined;
}
