import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../../agent/core/command.ts";
import type { Container } from "../../agent/core/container.ts";
import { Secret } from "../../agent/core/secret.ts";
import type { Host } from "../../agent/host/host.ts";
import { openStore } from "../../agent/host/store/open-store.ts";
import type { ComposeService } from "../../agent/plan/compose-model.ts";
import { rolesSql } from "../../agent/plan/database-roles.ts";
import { fingerprint } from "../../agent/plan/fingerprints.ts";
import { LABEL } from "../../agent/plan/labels.ts";
import type { Desired } from "../../agent/plan/unit.ts";
import { writeModel } from "../../agent/run/deploy/model-file.ts";
import type { Project } from "../../agent/run/project.ts";
import { projectPaths } from "../../agent/run/project.ts";
import { deliverSecrets } from "../../agent/run/secrets/deliver-secrets.ts";
import { ensureSecrets } from "../../agent/run/secrets/ensure-secrets.ts";
import { postgresRoles } from "../../agent/run/secrets/postgres-roles.ts";
import { setSecret } from "../../agent/run/secrets/set-secret.ts";
import { configOf, containerOf, desiredOf, STACK_TOML } from "./desired.ts";
import { type PostgresInMemory, postgresInMemory } from "./postgres-roles.ts";
import { type RecordedProgress, recordedProgress } from "./recorded-progress.ts";
import { failed, ok } from "./scripted-exec.ts";
import { type ScriptedHost, scriptedHost } from "./scripted-host.ts";
import { receiver } from "./secrets-project.ts";

export const TOML = `${STACK_TOML.replaceAll(
  /^\[service\.(?:gateway|provider)\]$/gm,
  '$&\nfingerprints = ":8080/internal/secrets"',
)}
[secret.API_KEY_PEPPER]
kind = "pepper"
for = ["gateway", "provider"]
[secret.BETTER_AUTH_SECRET]
kind = "generated"
for = ["provider"]
[secret.DATABASE_URL]
kind = "database"
for = ["gateway", "provider", "migrate"]
[secret.POSTGRES_PASSWORD]
kind = "superuser"
for = ["database"]
[secret.STRIPE_SECRET_KEY]
kind = "external"
for = ["provider"]
`;

/** The signal that the agent is dead from here on. */
export class Killed extends Error {}

/**
 * The deployed stack on a host without Docker: files, lock and state are real, containers and PostgreSQL are in memory
 * and do what Compose and psql are told.
 */
export type RotationWorld = Disposable & {
  host: ScriptedHost;
  project: Project;
  progress: RecordedProgress;
  containers: Container[];
  postgres: PostgresInMemory;
  /** Text of a secret as the running containers of a service have it. */
  given(service: string, name: string): string[];
  /** Kills the agent at a point, "expand:before"; undefined: nowhere. */
  killAt: string | undefined;
  /** Says that a container with these secrets does not become ready. */
  refuses: (service: string, read: (name: string) => string | undefined) => boolean;
};

/** `more`: lines for the tables of some secrets. */
export async function rotationWorld(more: Readonly<Record<string, string>> = {}): Promise<RotationWorld> {
  const run = mkdtempSync("/dev/shm/sft-");
  const containers: Container[] = [];
  const postgres = postgresInMemory();
  const host = scriptedHost({
    // In memory too: a disk's time is nothing that these tests are about.
    env: { SOLOFLOW_RUN_DIR: run, SOLOFLOW_STATE_DIR: join(run, "state") },
    processes: [{ argv: ["docker", "compose"], times: "any", gives: (command) => up(world, command) }],
    engine: engineOf(containers, postgres),
    ingress: { inFlight: async () => new Map() },
    prober: {
      http: async (url) => probe(world, url),
      text: async (url) => fingerprintsAt(world, url),
    },
  });
  const toml = tomlWith(more);
  const config = configOf(toml);
  const project: Project = {
    ...{ config, configFile: host.folder.at("soloflow.toml"), root: host.folder.path },
    paths: projectPaths(config.project, host),
  };
  const world: RotationWorld = {
    ...{ host, project, containers, postgres, progress: recordedProgress(), killAt: undefined },
    refuses: () => false,
    given: (service, name) => givenIn(world, service, name),
    [Symbol.dispose]() {
      host[Symbol.dispose]();
      rmSync(run, { recursive: true, force: true });
    },
  };
  host.postgres.login = async (login) => postgres.login(login);
  postgres.sessions = (role) => sessionsIn(world, role);
  Object.assign(host, {
    fault(point: string) {
      if (point === world.killAt) throw new Killed(point);
    },
  } satisfies Partial<Host>);
  await deployInto(world, toml);
  return world;
}

async function deployInto(world: RotationWorld, toml: string): Promise<void> {
  const { host, project, progress } = world;
  const stripe = { name: "STRIPE_SECRET_KEY", value: new Secret("sk_live_before_the_rotation") };
  await setSecret(host, project, stripe, { acceptWeak: false, progress });
  await ensureSecrets(host, project, { dataExists: false }, progress);
  for (const roles of await postgresRoles(host, project)) world.postgres.psql(rolesSql(roles));
  const secrets = await deliverSecrets(
    host,
    project,
    ["gateway", "provider", "migrate", "database"].map((name) => receiver(name)),
  );
  const desired = desiredOf({ toml, secrets });
  using store = openStore(project.paths.database);
  for (const { hash, service, spec } of desired.units)
    store.specs.put({ hash, service, json: JSON.stringify(spec) });
  const chosen = desired.units.map(({ service }) => service);
  await writeModel(host, project, { desired, chosen, before: undefined, containers: [] });
  for (const unit of desired.units) {
    const [instance] = unit.instances;
    if (instance !== undefined) startInstance(world, desired, instance.name);
  }
}

function tomlWith(more: Readonly<Record<string, string>>): string {
  const lines = Object.entries(more);
  return lines.reduce(
    (text, [name, line]) => text.replace(`[secret.${name}]`, `[secret.${name}]\n${line}`),
    TOML,
  );
}

function startInstance(world: RotationWorld, desired: Desired, name: string): void {
  const unit = desired.units.find(({ instances }) => instances.some((each) => each.name === name));
  const instance = unit?.instances.find((each) => each.name === name);
  if (unit === undefined || instance === undefined) throw new Error(`no ${name}`);
  make(world, name, instance.spec, containerOf(unit, instance));
}

let made = 0;

function make(world: RotationWorld, name: string, spec: ComposeService, like: Container): void {
  made += 1;
  const rest = world.containers.filter(({ labels }) => labels[LABEL.composeService] !== name);
  const mounts = (spec.volumes ?? []).map(({ source = "", target }) => ({
    ...{ type: "bind", source, name: undefined, target, readOnly: true },
  }));
  const container = {
    ...like,
    ...{ id: `id-${made}`, labels: { ...like.labels, ...spec.labels } },
    startedAt: new Date(world.host.clock.now()).toISOString(),
    finishedAt: new Date(world.host.clock.now() + 1).toISOString(),
    ...{ mounts, addresses: { demo_default: `10.0.0.${made % 250}` } },
  };
  world.containers.splice(0, Number.POSITIVE_INFINITY, ...rest, container);
}

/** `docker compose -f FILE up … INSTANCE…`: containers of the file's services, of that very specification. */
function up(world: RotationWorld, { argv, stdin }: Command) {
  const file = argv[argv.indexOf("-f") + 1] ?? "";
  const model = JSON.parse(file === "-" ? String(stdin) : readFileSync(file, "utf8"));
  const services: Record<string, ComposeService> = model.services;
  for (const name of argv.slice(argv.indexOf("--no-build") + 1)) {
    const spec = services[name];
    if (spec === undefined) return failed(1, `no such service: ${name}`);
    const [like] = world.containers.filter(
      ({ labels }) => labels[LABEL.service] === spec.labels?.[LABEL.service],
    );
    const before = world.containers.find(({ labels }) => labels[LABEL.composeService] === name) ?? like;
    if (before === undefined) return failed(1, `nothing like ${name}`);
    const isOnce = before.state === "exited";
    const labels = { ...before.labels, [LABEL.composeService]: name };
    make(world, name, spec, {
      ...before,
      name: `demo-${name}-1`,
      labels,
      state: isOnce ? "exited" : "running",
    });
  }
  return ok();
}

function engineOf(containers: Container[], postgres: PostgresInMemory): Partial<Host["engine"]> {
  const without = (id: string) => containers.filter((each) => each.id !== id);
  return {
    containers: async (labels) =>
      containers.filter((container) =>
        labels.every((label) => {
          const [name = "", value] = label.split("=");
          return container.labels[name] === value;
        }),
      ),
    container: async (id) => containers.find((each) => each.id === id),
    logs: async () => "",
    stop: async () => {},
    remove: async (id) => void containers.splice(0, Number.POSITIVE_INFINITY, ...without(id)),
    async exec(_, argv, { stdin = "" } = { timeoutMs: 0 }) {
      if (argv[0] === "pg_isready") return { code: 0, output: "" };
      return { code: 0, output: postgres.psql(String(stdin)) };
    },
  };
}

function probe(world: RotationWorld, url: string) {
  const container = containerAt(world, url);
  if (container === undefined) return { good: false, answered: false, detail: "nobody there" };
  const service = container.labels[LABEL.service] ?? "";
  const good = !world.refuses(service, (name) => readIfThere(container, name));
  return { good, answered: true, detail: good ? "status 200" : "status 503" };
}

function containerAt({ containers }: RotationWorld, url: string): Container | undefined {
  const { hostname } = new URL(url);
  return containers.find(({ addresses }) => Object.values(addresses).includes(hostname));
}

function read({ mounts }: Container, name: string): string {
  const source = mounts.find(({ target }) => target === "/run/secrets")?.source ?? "";
  return readFileSync(join(source, name), "utf8");
}

function readIfThere(container: Container, name: string): string | undefined {
  try {
    return read(container, name);
  } catch {
    return undefined;
  }
}

function fingerprintsAt(world: RotationWorld, url: string): string | undefined {
  const container = containerAt(world, url);
  if (container === undefined) return undefined;
  const told = ["API_KEY_PEPPER", "BETTER_AUTH_SECRET"].flatMap((name) => {
    const text = readIfThere(container, name);
    if (text === undefined) return [];
    const versions = versionsIn(text);
    const accepts = versions.map(({ n, value }) => [n, fingerprint(name, value)]);
    return [[name, { issues: versions[0]?.n, accepts: Object.fromEntries(accepts) }]];
  });
  return JSON.stringify({ schema: 1, secrets: Object.fromEntries(told) });
}

/** As an app reads it: "2:new,1:old", or a bare value as version 1. */
export function versionsIn(text: string): { n: number; value: string }[] {
  if (!/^\d+:/.test(text)) return [{ n: 1, value: text }];
  return text.split(",").map((each) => {
    const at = each.indexOf(":");
    return { n: Number(each.slice(0, at)), value: each.slice(at + 1) };
  });
}

function givenIn({ containers }: RotationWorld, service: string, name: string): string[] {
  const own = containers.filter(
    ({ labels, state }) => labels[LABEL.service] === service && state === "running",
  );
  return own.map((container) => read(container, name));
}

/** One for each running container of an app that was given the role. */
function sessionsIn(world: RotationWorld, role: string): number {
  const urls = ["gateway", "provider"].flatMap((service) => world.given(service, "DATABASE_URL"));
  return urls.filter((url) => url.includes(`//${role}:`)).length;
}
