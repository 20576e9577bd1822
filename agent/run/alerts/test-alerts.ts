import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Web } from "../../host/web.ts";
import type { Message } from "../../plan/alerts/message.ts";
import { type Way, waysOf } from "../../plan/alerts/ways.ts";
import type { AlertSettings } from "../../plan/watchdog/settings.ts";
import type { ProjectPaths } from "../project.ts";
import { secretReader } from "./alert-secret.ts";
import { ping } from "./dead-man.ts";
import { type Sent, send } from "./send.ts";

export type AlertTest = { way: Way | "dead-man"; ok: boolean; ms: number; why: string | undefined };

/**
 * Sends a test by every way that is set, all at once, and pings the dead-man service; each is tried once. In the order
 * of the settings. Errors: SoloflowError "no-alerts" (exit 2) where nothing is set.
 */
export async function testAlerts(
  host: Pick<Host, "exec" | "clock" | "env" | "files">,
  project: { name: string; paths: ProjectPaths },
  { settings, web, signal }: { settings: AlertSettings; web: Web; signal: AbortSignal },
): Promise<AlertTest[]> {
  const { deadMan } = settings;
  const ways = waysOf(settings);
  if (ways.length === 0 && deadMan === undefined) {
    throw new SoloflowError("no-alerts", "soloflow.toml has no [alerts] with a way to send them", {
      hint: 'write for instance [alerts] command = ["mail", "-s", "soloflow", "you@example.com"]',
      exitCode: EXIT.usage,
    });
  }
  const read = secretReader(host, project);
  const message: Message = {
    ...{ kind: "test", id: crypto.randomUUID(), project: project.name, at: host.clock.now() },
  };
  const timed = async (way: AlertTest["way"], work: Promise<Sent>): Promise<AlertTest> => {
    const started = host.clock.monotonic();
    const sent = await work;
    const ms = host.clock.monotonic() - started;
    return { way, ok: sent.ok, ms, why: sent.ok ? undefined : sent.why };
  };
  return await Promise.all([
    ...ways.map((way) => timed(way, send(way, message, { host, web, read, settings, signal }))),
    ...(deadMan === undefined ? [] : [timed("dead-man", ping(deadMan, { web, read }, signal))]),
  ]);
}
