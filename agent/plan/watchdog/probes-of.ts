import type { Probe } from "../../config/config.ts";
import type { ComposeService } from "../compose-model.ts";
import type { DeployedUnit } from "../deployed.ts";

/** What is asked while a service starts, and what once it is ready; undefined: Docker's health check is all there is. */
export type Probes = { starting: Probe | undefined; steady: Probe | undefined };

/**
 * Readiness while it starts; liveness afterwards where it is given. Where it is not, only whether it takes connections,
 * on the port of its readiness or its first published one: readiness may include what no restart cures. A command is
 * the readiness of a service that is only reported on afterwards too, for nothing is restarted by it.
 */
export function probesOf(
  unit: Pick<DeployedUnit, "ready" | "live"> & { watch?: DeployedUnit["watch"] },
  spec: Pick<ComposeService, "ports"> | undefined,
): Probes {
  const published = spec?.ports?.find(({ protocol = "tcp" }) => protocol === "tcp")?.target;
  const port = portOf(unit.ready) ?? published;
  const connection: Probe | undefined =
    port === undefined ? undefined : { tcp: `:${port}`, within: undefined };
  const told = unit.watch === "report" && unit.ready !== undefined && "exec" in unit.ready;
  const steady = unit.live ?? (told ? unit.ready : connection);
  return { starting: unit.ready ?? steady, steady };
}

/** The port of a probe as "[host]:port[/path]". */
function portOf(probe: Probe | undefined): number | undefined {
  if (probe === undefined || "exec" in probe) return undefined;
  const address = "http" in probe ? probe.http : probe.tcp;
  const [, port] = /:(\d+)(?:\/|$)/.exec(address) ?? [];
  return port === undefined ? undefined : Number(port);
}
