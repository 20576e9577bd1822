import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import { driftOf, type Told } from "../../plan/fingerprint-drift.ts";
import { askFingerprints } from "../rotate/fingerprints.ts";

/**
 * Asks the serving container of each service once, over its own address, and says in words where they differ. Values
 * are not known here: services are compared with each other. undefined where that cannot be said, because one of them
 * has not answered and the others agree.
 */
export async function lookAtFingerprints(
  host: Pick<Host, "prober">,
  units: readonly DeployedUnit[],
  serving: (service: string) => Container | undefined,
): Promise<string[] | undefined> {
  const asked = await Promise.all(
    units.map(async (unit): Promise<Told | undefined> => {
      const container = serving(unit.service);
      const found = container === undefined ? undefined : await askFingerprints(host, unit, container);
      return found === undefined ? undefined : { service: unit.service, fingerprints: found };
    }),
  );
  const told = asked.filter((each) => each !== undefined);
  const differences = driftOf(told);
  return differences.length > 0 || told.length === units.length ? differences : undefined;
}
