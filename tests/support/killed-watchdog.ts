import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isAlive } from "../../agent/host/process-life.ts";
import { openStore } from "../../agent/host/store/open-store.ts";
import type { DurableState } from "../../agent/plan/watchdog/records.ts";
import type { TestProject } from "./test-project.ts";

const KILLER = resolve(import.meta.dir, "../fixtures/watch/killed-watchdog.ts");

/** A watchdog from source that is killed at a point of its next restart; see tests/fixtures/watch/killed-watchdog.ts. */
export function startKilledWatchdog(
  project: TestProject,
  at: number,
): Bun.Subprocess<"ignore", "ignore", "pipe"> {
  return Bun.spawn([process.execPath, KILLER, String(at), listOf(project), "watch"], {
    cwd: project.folder,
    env: { ...process.env, ...project.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** The points that a watchdog which was not killed came by. */
export function pointsOf(project: TestProject): string[] {
  const list = listOf(project);
  return existsSync(list) ? readFileSync(list, "utf8").trim().split("\n") : [];
}

/** What is stored of one service: restarts that count, and whose end was not heard of; incidents; leases. */
export type Recorded = {
  counted: number;
  incident: number | undefined;
  acts: number;
  done: number;
  begun: number;
  unfinished: number;
  incidents: number;
  open: number;
  leases: number;
};

export function recorded(project: Pick<TestProject, "env" | "name">, service: string): Recorded {
  using store = openStore(join(project.env.SOLOFLOW_STATE_DIR ?? "", project.name, "state.db"));
  // Nothing before the first watchdog.
  const durable = store.watch.read() as DurableState | undefined;
  const record = durable?.services[service];
  const intents = store.watch.intents(1_000);
  const ended = (kind: string) =>
    intents.filter(({ outcome }) => (outcome as { kind?: string } | undefined)?.kind === kind).length;
  return {
    counted: record?.own.length ?? 0,
    incident: record?.incident?.id,
    acts: durable?.acts.length ?? 0,
    done: ended("done"),
    begun: ended("done") + ended("failed"),
    unfinished: store.watch.unfinished().length,
    incidents: store.incidents.list(1_000, { service }).length,
    open: store.incidents.list(1_000, { service, open: true }).length,
    leases: store.leases.list(Date.now(), isAlive).length,
  };
}

function listOf(project: TestProject): string {
  return join(project.folder, "points");
}
