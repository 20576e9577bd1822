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
  return settings?.deploy ?? (routable(service, settings?.ready) ? "overlap" : "replace");
}

function isOneShot(name: string, service: ComposeService, model: ComposeModel): boolean {
  const restarts = service.restart !== undefined && service.restart !== "no";
  const awaited = Object.values(model.services).some(
    (other) => other.depends_on?.[name]?.condition === "service_completed_successfully",
  );
  return awaited && !restarts;
}

/** An HTTP readiness probe on a port that is published: what the ingress can take over. */
function routable(service: ComposeService, ready: Probe | undefined): boolean {
  if (ready === undefined || !("http" in ready)) return false;
  if (service.network_mode !== undefined && service.network_mode !== "bridge") return false;
  return publishedPorts(service).some((port) => port.target === probePort(ready));
}

/** TCP ports of a service that are published on a fixed port of the machine. */
export function publishedPorts(service: ComposeService): (ComposePort & { published: string })[] {
  return (service.ports ?? []).filter(
    (port): port is ComposePort & { published: string } =>
      port.published !== undefined && (port.protocol ?? "tcp") === "tcp",
  );
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
