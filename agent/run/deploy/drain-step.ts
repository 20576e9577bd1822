import type { Colour } from "../../plan/colour.ts";
import { ingressSocket } from "../ingress-files.ts";
import type { Execution } from "./execution.ts";

/** A request that read the flag before the flip is counted by then. */
const SETTLE_MS = 200;
const LOOK_EVERY_MS = 50;
/** Without an answer from the ingress, in-flight requests get this long. */
const BLIND_MS = 10_000;

/**
 * Waits until the ingress has no request in flight on a colour, twice in a row, at most `limitMs`. Long-lived
 * connections (WebSocket, server-sent events) stay until they end or the limit comes.
 */
export async function drain(
  execution: Execution,
  service: string,
  colour: Colour,
  limitMs: number,
): Promise<void> {
  const { host, desired, progress } = execution;
  const step = progress.step(`draining ${service}-${colour}`);
  const upstreams = desired.upstreams[service]?.[colour] ?? [];
  const startedAt = host.clock.monotonic();
  await host.clock.sleep(Math.min(SETTLE_MS, limitMs));
  for (let idle = 0; idle < 2; ) {
    const inFlight = await countInFlight(execution, upstreams);
    const waitedMs = host.clock.monotonic() - startedAt;
    if (waitedMs >= (inFlight === undefined ? Math.min(BLIND_MS, limitMs) : limitMs)) {
      step.done(inFlight ? `${inFlight} requests still in flight at the limit` : "waited as long as allowed");
      return;
    }
    idle = inFlight === 0 ? idle + 1 : 0;
    step.detail(inFlight === undefined ? "the ingress does not answer" : `${inFlight} requests in flight`);
    if (idle < 2) await host.clock.sleep(LOOK_EVERY_MS);
  }
  step.done();
}

/** undefined when the ingress does not say. */
async function countInFlight(
  { host, project }: Execution,
  upstreams: readonly string[],
): Promise<number | undefined> {
  try {
    const counts = await host.ingress.inFlight(ingressSocket(project));
    return upstreams.reduce((sum, upstream) => sum + (counts.get(upstream) ?? 0), 0);
  } catch {
    return undefined;
  }
}
