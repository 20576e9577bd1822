import type { Probe } from "../../config/config.ts";
import type { ComposeService } from "../compose-model.ts";
import type { DeployedUnit } from "../deployed.ts";

/** What is asked while a service starts, and what once it is ready; undefined: Docker's health check is all there is. */
export type Probes = { starting: Probe | undefined; steady: Probe | undefined };

/**
 * Readiness while it starts; liveness afterwards where it is given, for readiness may include a database that no
 * restart cures. A service without either is asked whether it takes connections on its first published port.
 */
export function probesOf(
  unit: Pick<DeployedUnit, "ready" | "live">,
  spec: Pick<ComposeService, "ports"> | undefined,
): Probes {
  const port = spec?.ports?.find(({ protocol = "tcp" }) => protocol === "tcp")?.target;
  const connection: Probe | undefined =
    port === undefined ? undefined : { tcp: `:${port}`, within: undefined };
  const steady = unit.live ?? unit.ready ?? connection;
  return { starting: unit.ready ?? steady, steady };
}
