import { Database } from "bun:sqlite";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { INTERPRETED } from "../../agent/plan/systemd/agent-unit.ts";
import { binary } from "../support/binary.ts";
import type { StackProject } from "../support/stack-project.ts";
import type { TestProject } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";

/** A restart that it has begun may take a while; it has nothing else to wait for. */
const END_MS = 30_000;

const INCIDENTS = "SELECT service, cause, detected_ms AS detectedMs, report FROM incident ORDER BY id";
const ACTS = `SELECT service, cause, json_extract(outcome, '$.kind') AS kind, json_extract(outcome, '$.how') AS how
              FROM intent ORDER BY id`;
const EVENTS = 'SELECT at, service, from_phase AS "from", to_phase AS "to" FROM event ORDER BY id';

/** What the watchdog says on its socket. */
type Report = { pid: number; services: Record<string, { phase: string; restarts15m: number }> };

/** One row of the watchdog's own record; `report` is 1 where a restart was only weighed, not allowed. */
export type Incident = { service: string; cause: string; detectedMs: number | null; report: number };

/** What it began to do to a service, and how that ended; `kind` is null until then. */
export type Act = { service: string; cause: string; kind: string | null; how: string | null };

/** What the watchdog decided of a service, and when it gave that out: milliseconds since the epoch. */
export type Decided = { at: number; service: string; from: string | null; to: string };

/** The real `soloflow-agent watch` over one project, ended with the scope. */
export type RunningWatch = AsyncDisposable & {
  readonly pid: number;
  report(): Promise<Report>;
  /** Prometheus' text. */
  metrics(): Promise<string>;
  /** Resolves when every service is ready, as the watchdog sees it. */
  settled(withinMs?: number): Promise<void>;
  incidents(): Incident[];
  acts(): Act[];
  /** Oldest first. */
  events(): Decided[];
};

/**
 * Starts it with a fresh budget: as on a machine where nothing has ever been restarted. What was measured of the
 * starts stays, for it is what a restart is weighed with. It runs in the environment that its unit gives it.
 */
export async function startWatch(project: TestProject): Promise<RunningWatch> {
  forgetWatching(project);
  const log = join(project.folder, "watch.log");
  writeFileSync(log, "");
  const child = Bun.spawn([await binary(), "watch"], {
    cwd: project.folder,
    env: { ...process.env, ...project.env, ...INTERPRETED },
    stdio: ["ignore", Bun.file(log), Bun.file(log)],
  });
  const socket = join(project.env.SOLOFLOW_RUN_DIR ?? "", project.name, "watch.sock");
  const ask = (path: string) => fetch(`http://watchdog${path}`, { unix: socket, keepalive: false });
  const report = async () => (await (await ask("/state")).json()) as Report;
  const isSettled = async () => {
    if (child.exitCode !== null) throw new Error(`the watchdog ended: ${readFileSync(log, "utf8")}`);
    const services = await report().then(
      (known) => Object.values(known.services),
      () => [],
    );
    return services.length > 0 && services.every(({ phase }) => phase === "ready");
  };
  const settled = async (withinMs = 60_000) =>
    void (await waitFor("every service is ready for the watchdog", isSettled, withinMs));
  const watch: RunningWatch = {
    pid: child.pid,
    report,
    metrics: async () => (await ask("/metrics")).text(),
    settled,
    incidents: () => rows<Incident>(project, INCIDENTS),
    acts: () => rows<Act>(project, ACTS),
    events: () => rows<Decided>(project, EVENTS),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      const ended = await Promise.race([child.exited, Bun.sleep(END_MS)]);
      if (ended !== undefined) return;
      child.kill("SIGKILL");
      throw new Error(`the watchdog did not end within ${END_MS} ms: ${readFileSync(log, "utf8")}`);
    },
  };
  await settled();
  return watch;
}

/**
 * A watchdog that starts lets services alone for a while once their database is known to be ready: nothing of what is
 * measured after that, and 10 s of every run.
 */
export function unblockSoon(stack: StackProject): void {
  stack.edit("soloflow.toml", "\n[watchdog]\n", '\n[watchdog]\nunblock = "1s"\n');
}

/** The watchdog's own tables, while it does not run. */
function forgetWatching(project: TestProject): void {
  using state = openState(project, {});
  for (const table of ["watch", "intent", "incident", "event", "alert"]) state.run(`DELETE FROM ${table}`);
}

function rows<Row>(project: TestProject, text: string): Row[] {
  using state = openState(project, { readonly: true });
  return state.query<Row, []>(text).all();
}

function openState(project: TestProject, options: { readonly?: true }): Database {
  const file = join(project.env.SOLOFLOW_STATE_DIR ?? "", project.name, "state.db");
  return new Database(file, { strict: true, readwrite: options.readonly !== true, ...options });
}
