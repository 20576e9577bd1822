import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

type Service = {
  image?: string;
  build?: { context: string };
  container_name?: string;
  user?: string;
  restart?: string;
  read_only?: boolean;
  privileged?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  mem_limit?: string;
  pids_limit?: number;
  logging?: { driver: string; options: Record<string, string> };
  healthcheck?: {
    disable?: boolean;
    test?: string[];
    interval?: string;
    start_period?: string;
    start_interval?: string;
  };
  environment?: Record<string, string>;
  env_file?: unknown;
  ports?: string[];
  networks?: string[];
  volumes?: string[];
  tmpfs?: string[];
  depends_on?: Record<string, { condition: string }>;
};

const stack = join(import.meta.dir, "../../stack");
const text = (file: string) => readFileSync(join(stack, file), "utf8");
const read = (file: string): { services: Record<string, Service>; volumes: Record<string, unknown> } =>
  parse(text(file), { merge: true, logLevel: "error" });

/** How Compose writes "NAME from the environment, else this". */
const given = (name: string, otherwise: string | number = "") => `\${${name}:-${otherwise}}`;

const compose = read("compose.yaml");
const services = Object.entries(compose.services);
const USERS: Record<string, string> = {
  database: "70:70",
  migrate: "10002:10002",
  gateway: "10001:10001",
  provider: "10002:10002",
  pgadmin: "10003:10003",
};

describe.each(services)("%s", (name, service) => {
  test("runs as the number that its image has, never as root", () => {
    expect(service.user).toBe(USERS[name]);
  });

  test("cannot write to its root, and has no capability and no way to more", () => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.cap_add).toBeUndefined();
    expect(service.privileged).toBeUndefined();
    expect(service.security_opt).toEqual(["no-new-privileges:true"]);
  });

  test("has a limit of memory, of processes and of its log", () => {
    expect(service.mem_limit).toMatch(/^\d+m$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.logging?.driver).toBe("json-file");
    expect(service.logging?.options).toEqual({
      "max-size": expect.any(String),
      "max-file": expect.any(String),
    });
  });

  test("is built here under a name of its own, on the stack's network, with /tmp in memory", () => {
    expect(service.image).toStartWith("soloflow/");
    expect(service.build?.context).toBeString();
    expect(service.networks).toEqual(["soloflow-network"]);
    expect(service.tmpfs?.some((mount) => mount.startsWith("/tmp:size="))).toBe(true);
  });

  test("has no value of a secret, only names that are filled in from outside", () => {
    expect(service.env_file).toBeUndefined();
    for (const [key, value] of Object.entries(service.environment ?? {})) {
      const secret = /PASSWORD|SECRET|KEY|TOKEN|PEPPER|DATABASE_URL/.test(key);
      if (secret) expect(value).toBe(given(key));
    }
  });

  test("waits for what it needs, not only for its start", () => {
    for (const { condition } of Object.values(service.depends_on ?? {})) {
      expect(condition).toBeOneOf(["service_healthy", "service_completed_successfully"]);
    }
  });
});

describe.each(services.filter(([name]) => name !== "migrate"))("%s", (_, service) => {
  test("comes back after a restart of the engine, unless a person stopped it", () => {
    expect(service.restart).toBe("unless-stopped");
  });

  test("is seen healthy quickly, and asked seldom afterwards", () => {
    expect(service.healthcheck).toMatchObject({ interval: "10s", start_interval: "250ms" });
    expect(service.healthcheck?.start_period).toMatch(/^\d+s$/);
  });
});

test("the migration runs once, after the database and before the apps", () => {
  const { migrate, gateway, provider } = compose.services;
  expect(migrate).toMatchObject({ restart: "no", image: provider?.image, healthcheck: { disable: true } });
  expect(migrate?.depends_on).toEqual({ database: { condition: "service_healthy" } });
  for (const app of [gateway, provider]) {
    expect(app?.depends_on).toEqual({
      database: { condition: "service_healthy" },
      migrate: { condition: "service_completed_successfully" },
    });
  }
});

test("only the database and pgadmin keep a container's name: the others have two colours", () => {
  const names = services.flatMap(([service, { container_name }]) =>
    container_name ? [[service, container_name]] : [],
  );
  expect(names).toEqual([
    ["database", "soloflow-db"],
    ["pgadmin", "pgadmin"],
  ]);
});

test("the database and its page can be reached from this machine alone", () => {
  expect(compose.services.database?.ports).toEqual([`127.0.0.1:${given("DATABASE_PORT", 5434)}:5432`]);
  expect(compose.services.pgadmin?.ports).toEqual([`127.0.0.1:${given("PGADMIN_PORT", 6432)}:80`]);
  expect(compose.services.gateway?.ports).toEqual([`${given("GATEWAY_PORT", 8080)}:8080`]);
  expect(compose.services.provider?.ports).toEqual([`${given("PROVIDER_PORT", 3000)}:3000`]);
});

test("the database's data is on a volume, at the folder of the official image", () => {
  expect(compose.services.database?.volumes).toEqual(["db_data:/var/lib/postgresql/data"]);
  expect(compose.volumes).toHaveProperty("db_data");
});

test("pgAdmin's variant keeps its data where pgAdmin has it, and has no password of its own", () => {
  const variant = read("compose.pgadmin.yaml");
  expect(variant.services.pgadmin?.volumes).toEqual(["pgadmin_data:/var/lib/pgadmin"]);
  expect(variant.services.pgadmin?.environment).toMatchObject({
    PGADMIN_DEFAULT_EMAIL: given("PGADMIN_DEFAULT_EMAIL"),
    PGADMIN_DEFAULT_PASSWORD: given("PGADMIN_DEFAULT_PASSWORD"),
  });
  expect(variant.volumes).toHaveProperty("pgadmin_data");
});

describe(".env.docker.example", () => {
  const lines = text(".env.docker.example").split("\n");
  const entries = new Map(
    lines.flatMap((line) => (/^[A-Z]/.test(line) ? [line.split(/=(.*)/, 2) as [string, string]] : [])),
  );

  test("explains every name that the compose files read, and no other", () => {
    const used = ["compose.yaml", "compose.pgadmin.yaml"]
      .flatMap((file) => [...text(file).matchAll(/\$\{([A-Z0-9_]+)/g)])
      .map(([, name]) => name as string);
    expect([...entries.keys()].sort()).toEqual([...new Set(used)].sort());
  });

  test("has a comment above every group of names", () => {
    const unexplained = lines.filter((line, at) => /^[A-Z]/.test(line) && /^$/.test(lines[at - 1] ?? ""));
    expect(unexplained).toEqual([]);
  });

  test("has nothing but placeholders where a value is needed, and nothing where it is not", () => {
    const filled = [...entries].filter(([, value]) => value !== "");
    expect(filled.map(([name]) => name)).toEqual([
      "POSTGRES_PASSWORD",
      "DATABASE_URL",
      "API_KEY_PEPPER",
      "BETTER_AUTH_SECRET",
    ]);
    for (const [, value] of filled) expect(value).toContain("change-me");
  });
});
