import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../../agent/host/exec.ts";
import { stackImage } from "../../support/stack-images.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { docker, testName } from "../../support/test-container.ts";

/** Images may have to be built first, on a machine that is busy. */
setDefaultTimeout(180_000);

const COMPOSE = join(import.meta.dir, "../../../stack/compose.yaml");
const project = testName("plain");
const folder = tempFolder();

/** Plain Compose with an env file, as without the agent; ports are any that are free. */
async function compose(...argv: string[]): Promise<string> {
  const files = ["--env-file", folder.at("env"), "-f", COMPOSE, "-f", folder.at("test.yaml")];
  const outcome = await exec(
    { argv: ["docker", "compose", "-p", project, ...files, ...argv] },
    { timeoutMs: 100_000 },
  );
  if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
  return outcome.stdout;
}

beforeAll(async () => {
  await Promise.all([stackImage("database"), stackImage("adminer")]);
  writeFileSync(folder.at("env"), "POSTGRES_PASSWORD=only-for-this-test\n");
  const free = (port: number) => `{ container_name: !reset null, ports: !override ["127.0.0.1::${port}"] }`;
  writeFileSync(folder.at("test.yaml"), `services:\n  database: ${free(5432)}\n  pgadmin: ${free(80)}\n`);
  await compose("up", "-d", "--wait", "database", "pgadmin");
});

afterAll(async () => {
  await compose("down", "-v");
  folder[Symbol.dispose]();
});

const container = async (service: string) => (await compose("ps", "-q", service)).trim();

test("the database is made with the password of the env file, and its page is served", async () => {
  const query = [
    "psql",
    "-U",
    "postgres",
    "-d",
    "soloflow",
    "-Atc",
    "select rolpassword like 'SCRAM%' from pg_authid where rolname = 'postgres'",
  ];
  expect((await docker("exec", await container("database"), ...query)).trim()).toBe("t");
  const address = (await compose("port", "pgadmin", "80")).trim();
  expect(await (await fetch(`http://${address}/health`)).text()).toBe("ok\n");
});

test.each(["database", "pgadmin"])("the engine holds %s to what the file says", async (service) => {
  const [found] = JSON.parse(await docker("inspect", await container(service)));
  expect(found.HostConfig).toMatchObject({
    ReadonlyRootfs: true,
    CapAdd: null,
    CapDrop: ["ALL"],
    Privileged: false,
    SecurityOpt: ["no-new-privileges:true"],
    RestartPolicy: { Name: "unless-stopped" },
    LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "5" } },
  });
  expect(found.HostConfig.Memory).toBeGreaterThan(0);
  expect(found.HostConfig.PidsLimit).toBeGreaterThan(0);
  expect(found.Config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(found.State.Health.Status).toBe("healthy");
});

test("the database's health check asks over the network, which answers only when the cluster is whole", async () => {
  const [found] = JSON.parse(await docker("inspect", await container("database")));
  expect(found.Config.Healthcheck.Test.slice(0, 2)).toEqual(["CMD", "pg_isready"]);
  expect(found.Config.Healthcheck.Test).toContain("127.0.0.1");
  expect(found.Config.Healthcheck.StartInterval).toBe(250_000_000);
});
