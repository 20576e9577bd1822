import type { Container } from "../../../core/container.ts";
import type { Host } from "../../../host/host.ts";
import type { Evidence } from "../../../host/store/incidents.ts";

const LOG_LINES = 200;
/** What is kept of them at most, and of a probe's answer, characters. */
const LOG_LENGTH = 48 * 1024;
const ANSWER_LENGTH = 1_000;

/** Words of the last probe, and how its life before this one ended, where that was just now. */
export type Seen = {
  probe: string | undefined;
  endLately(): { exitCode?: number; oomKilled: boolean };
};

/** What a person needs to see why, as far as it can be had: an engine that does not answer leaves its part out. */
export async function gatherEvidence(
  host: Pick<Host, "engine" | "machine">,
  container: Container,
  { probe, endLately }: Seen,
): Promise<Evidence> {
  const [logs, pressure] = await Promise.all([
    host.engine.logs(container.id, LOG_LINES).catch(() => undefined),
    host.machine.pressure().catch(() => undefined),
  ]);
  const { oomKilled, ...end } = endLately();
  return {
    ...(logs === undefined ? {} : { logs: logs.slice(-LOG_LENGTH) }),
    ...(probe === undefined ? {} : { probe: probe.slice(0, ANSWER_LENGTH) }),
    ...(container.health?.lastOutput ? { health: container.health.lastOutput.slice(0, ANSWER_LENGTH) } : {}),
    ...(container.state === "running" ? end : { exitCode: container.exitCode }),
    ...{ oomKilled: container.oomKilled || oomKilled, pressure },
  };
}
