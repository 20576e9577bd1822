import { changedLives, livesOf } from "../support/lives.ts";
import { docker } from "../support/sandbox.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { customerOf } from "./customer.ts";
import { startLoader } from "./loads.ts";
import { pauses } from "./pauses.ts";
import type { Row } from "./row.ts";
import { type RunningWatch, startWatch } from "./running-watch.ts";

/** 200/s is what the other parts of the bench ask of the gateway. */
const LOAD = { perSecond: 250, loaders: 4, forMs: 30_000 };
const STEAL = { processes: 8, forMs: 60_000 };
const LOCK_MS = 60_000;
/** Longer than it takes to find a hang and to act on it: what is decided late is counted too. */
const AFTERWARDS_MS = 10_000;

const LOCK_ALL = `BEGIN;
DO $$ DECLARE t record; BEGIN
  FOR t IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
  LOOP EXECUTE format('LOCK TABLE %I.%I IN ACCESS EXCLUSIVE MODE', t.schemaname, t.tablename); END LOOP;
END $$;
SELECT pg_sleep(${LOCK_MS / 1_000});
COMMIT;`;

/** What makes a service slow or mute without its being sick: none of it may cost anyone a restart. */
export async function falseRestarts(): Promise<Row[]> {
  return [...(await ofTheStack()), ...(await pauses())];
}

async function ofTheStack(): Promise<Row[]> {
  await using stack = await stackProject();
  await stack.must("deploy");
  await using watch = await startWatch(stack);
  const database = `${stack.name}-db`;
  return [
    await none(stack, watch, "five times the load", () => load(stack)),
    await none(stack, watch, `CPU steal: ${STEAL.processes} busy processes for 60 s`, steal),
    await none(stack, watch, "every table locked for 60 s", () => lock(stack, database)),
    await none(stack, watch, "the database restarted by a person", () => restart(database), [database]),
  ];
}

/** `bySomebody`: containers that the disturbance itself restarts. */
async function none(
  stack: StackProject,
  watch: RunningWatch,
  what: string,
  disturb: () => Promise<string>,
  bySomebody: readonly string[] = [],
): Promise<Row> {
  await watch.settled();
  const known = { incidents: watch.incidents().length, acts: watch.acts().length };
  const before = await livesOf(stack.name);
  const beside = await disturb();
  await Bun.sleep(AFTERWARDS_MS);
  await watch.settled();
  const changed = changedLives(before, await livesOf(stack.name));
  const restarted = changed.filter((name) => !bySomebody.includes(name));
  const incidents = watch.incidents().slice(known.incidents);
  const acts = watch.acts().slice(known.acts);
  // Of a service that is only reported on: what would have been done is as wrong.
  const weighed = incidents.filter(({ report }) => report === 1);
  const wrong = [...restarted, ...acts.map(restartOf), ...weighed.map(restartOf)];
  const said = incidents.map(({ service, cause }) => `${service}: ${cause}`);
  return {
    what: `false restarts: ${what}`,
    measured: wrong.join(", ") || "0",
    beside: [beside, ...said].filter(Boolean).join("; "),
    bar: "0",
    met: wrong.length === 0,
  };
}

const restartOf = ({ service, cause }: { service: string; cause: string }) =>
  `restart of ${service} (${cause})`;

async function load(stack: StackProject): Promise<string> {
  const { perSecond, loaders, forMs } = LOAD;
  const customers = [];
  for (let number = 0; number < loaders; number += 1) customers.push(await customerOf(stack));
  const running = customers.map(({ url, headers }) => startLoader(url, headers, { perSecond }));
  await Bun.sleep(forMs);
  const results = await Promise.all(running.map((loader) => loader.stop()));
  const sent = results.reduce((sum, result) => sum + result.sent, 0);
  const failed = results.reduce((sum, result) => sum + result.failures.length, 0);
  return `${perSecond * loaders}/s for ${forMs / 1_000} s: ${sent} sent, ${failed} not answered well`;
}

/** Each ends by itself, whatever becomes of the bench. */
async function steal(): Promise<string> {
  const seconds = String(STEAL.forMs / 1_000);
  const argv = ["timeout", "-s", "KILL", seconds, "sh", "-c", "while :; do :; done"];
  const busy = Array.from({ length: STEAL.processes }, () =>
    Bun.spawn(argv, { stdio: ["ignore", "ignore", "ignore"] }),
  );
  await Promise.all(busy.map((process) => process.exited));
  return "";
}

async function lock(stack: StackProject, database: string): Promise<string> {
  const url = `${stack.gateway}/actuator/health`;
  const psql = ["docker", "exec", "-i", database, "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-U", "postgres"];
  const child = Bun.spawn([...psql, "-d", "soloflow", "-c", LOCK_ALL], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await Bun.sleep(LOCK_MS / 2);
  const health = await fetch(url, { keepalive: false, signal: AbortSignal.timeout(10_000) }).then(
    ({ status }) => `answers ${status}`,
    () => "does not answer",
  );
  const [code, stderr] = await Promise.all([child.exited, child.stderr.text()]);
  if (code !== 0) throw new Error(`the tables were not locked: ${stderr}`);
  return `the gateway's readiness ${health} meanwhile`;
}

async function restart(database: string): Promise<string> {
  const startedAt = performance.now();
  await docker("restart", database);
  return `it took ${Math.round(performance.now() - startedAt)} ms`;
}
