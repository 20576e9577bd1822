import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Ward, ward } from "../support/patients.ts";
import { stackImage } from "../support/stack-images.ts";
import { docker } from "../support/test-container.ts";
import { startWatching } from "../support/watching.ts";

const PASSWORD = "for-tests-alone";
const APPS = ["careful", "naive"] as const;

let project: Ward;

beforeAll(async () => {
  await stackImage("database");
  const needs = { depends_on: { database: { condition: "service_started" } } };
  const env = { DATABASE_URL: `postgres://postgres:${PASSWORD}@database:5432/postgres` };
  project = await ward(
    {
      database: {
        compose: {
          image: "soloflow/database",
          environment: { POSTGRES_PASSWORD: PASSWORD, POSTGRES_INITDB_ARGS: "--no-sync" },
          volumes: ["data:/var/lib/postgresql/data"],
          tmpfs: ["/tmp", "/run/postgresql:uid=70,gid=70"],
        },
        toml: 'ready = { exec = ["pg_isready", "-q", "-h", "127.0.0.1"] }\nwatch = "report"',
      },
      // Its liveness asks no database, as it should be; the other one's only question does.
      careful: {
        ...{ env, compose: needs },
        toml: 'live = { http = ":8080/health" }\nready = { http = ":8080/ready" }',
      },
      naive: { env, compose: needs, toml: 'ready = { http = ":8080/ready" }' },
    },
    { watchdog: 'spacing = "1s"\nunblock = "2s"', volumes: ["data"] },
  );
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

const lives = () => Promise.all(APPS.map((app) => project.life(app)));

test("while a person has stopped the database, what needs it is blocked and untouched; well again after it", async () => {
  await using watching = await startWatching(project);
  for (const service of ["database", ...APPS]) await watching.phase(service, "ready");
  const before = await lives();
  const id = await project.inspect("database", "{{.Id}}");
  await docker("stop", id);
  await watching.phase("database", "held");
  for (const app of APPS) await watching.phase(app, "blocked");
  await Bun.sleep(6_000);
  expect(await project.inspect("database", "{{.State.Status}}")).toBe("exited");
  await docker("start", id);
  for (const service of ["database", ...APPS]) await watching.phase(service, "ready");
  expect(await lives()).toEqual(before);
}, 120_000);

test("a frozen database is reported and not restarted; nobody who needs it is either; well again after it", async () => {
  await using watching = await startWatching(project);
  for (const service of ["database", ...APPS]) await watching.phase(service, "ready");
  const before = [...(await lives()), await project.life("database")];
  const top = await docker("top", await project.inspect("database", "{{.Id}}"), "-o", "pid");
  const pids = top.trim().split("\n").slice(1).map(Number);
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  try {
    await watching.phase("database", "unhealthy");
    for (const app of APPS) await watching.phase(app, "blocked");
    const [incident] = await project.incidents("database");
    expect(incident).toMatchObject({ report: true, remedy: null });
  } finally {
    for (const pid of pids) process.kill(pid, "SIGCONT");
  }
  for (const service of ["database", ...APPS]) await watching.phase(service, "ready");
  expect([...(await lives()), await project.life("database")]).toEqual(before);
}, 180_000);
