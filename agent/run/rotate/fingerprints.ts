import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import { type Fingerprints, parseFingerprints } from "../../plan/fingerprints.ts";
import { INGRESS_NETWORK } from "../../plan/service-spec.ts";

const TIMEOUT_MS = 2_000;

/** What a container of a service says of its secrets; undefined where it says nothing, or nothing that makes sense. */
export async function askFingerprints(
  host: Pick<Host, "prober">,
  { fingerprints: place }: Pick<DeployedUnit, "fingerprints">,
  container: Container,
): Promise<Fingerprints | undefined> {
  const address = addressOf(container);
  if (place === undefined || address === undefined) return undefined;
  const text = await host.prober.text(`http://${address}:${place.port}${place.path}`, TIMEOUT_MS);
  return text === undefined ? undefined : parseFingerprints(text);
}

function addressOf({ addresses, networkMode }: Container): string | undefined {
  if (networkMode === "host") return "127.0.0.1";
  const own = Object.entries(addresses).find(([network]) => network.endsWith(`_${INGRESS_NETWORK}`))?.[1];
  return own ?? Object.values(addresses)[0];
}
