import { basename, dirname, resolve } from "node:path";
import type { ComposeModel, ComposeMount, ComposePort, ComposeService } from "../compose-model.ts";
import { interpolate } from "./interpolate.ts";

type Values = Readonly<Record<string, string | undefined>>;
type Table = Record<string, unknown>;

/**
 * A compose file's services without Docker's help: short forms written out, variables filled in. Good enough to
 * look at; `extends`, `include`, profiles and several files are left to `docker compose config`.
 * `file` is absolute; relative paths in the model become absolute, as Compose makes them.
 */
export function looseModel(data: unknown, file: string, values: Values): ComposeModel {
  const folder = dirname(file);
  const root = table(filled(data, values));
  const services = Object.entries(table(root.services)).map(([name, service]) => [
    name,
    looseService(table(service), folder),
  ]);
  return {
    name: typeof root.name === "string" ? root.name : projectName(basename(folder)),
    services: Object.fromEntries(services) as Record<string, ComposeService>,
    networks: table(root.networks) as ComposeModel["networks"],
    volumes: table(root.volumes) as ComposeModel["volumes"],
  };
}

/** As Compose derives it from a folder: lower case, only letters, digits, - and _, beginning with the first two. */
export function projectName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
  return name === "" ? "project" : name;
}

function looseService(service: Table, folder: string): ComposeService {
  const { build, environment, ports, volumes, depends_on: needs, healthcheck, networks, ...rest } = service;
  return {
    ...(rest as ComposeService),
    ...(build === undefined ? {} : { build: looseBuild(build, folder) }),
    ...(environment === undefined ? {} : { environment: assignments(environment) }),
    ...(ports === undefined ? {} : { ports: list(ports).flatMap(loosePort) }),
    ...(volumes === undefined ? {} : { volumes: list(volumes).flatMap((one) => looseMount(one, folder)) }),
    ...(needs === undefined ? {} : { depends_on: conditions(needs) }),
    ...(healthcheck === undefined ? {} : { healthcheck: looseHealth(table(healthcheck)) }),
    ...(networks === undefined ? {} : { networks: named(networks) as ComposeService["networks"] & {} }),
  };
}

function looseBuild(build: unknown, folder: string): ComposeService["build"] & {} {
  const fields = typeof build === "string" ? { context: build } : table(build);
  const context = typeof fields.context === "string" ? fields.context : ".";
  const args = fields.args === undefined ? {} : { args: assignments(fields.args) };
  const isElsewhere = /^[a-z+]+:\/\/|^git@/.test(context);
  return { ...fields, context: isElsewhere ? context : resolve(folder, context), ...args };
}

/** A map, or a list of "NAME=value"; a bare name has no value here. */
export function assignments(value: unknown): Record<string, string | null> {
  const entries = Array.isArray(value)
    ? value.map((item): [string, string | null] => {
        const text = String(item);
        const at = text.indexOf("=");
        return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
      })
    : Object.entries(table(value)).map(([name, one]): [string, string | null] => [
        name,
        one === null || one === undefined ? null : String(one),
      ]);
  return Object.fromEntries(entries);
}

function loosePort(port: unknown): ComposePort[] {
  if (typeof port === "object" && port !== null) {
    const fields = port as ComposePort & { published?: unknown };
    const published = fields.published === undefined ? {} : { published: String(fields.published) };
    return [{ ...fields, target: Number(fields.target), ...published } as ComposePort];
  }
  const match = /^(?:(?:(\[[^\]]*\]|[\d.]+):)?(\d*)(?:-\d+)?:)?(\d+)(?:-\d+)?(?:\/(tcp|udp))?$/.exec(
    String(port),
  );
  if (match === null) return [];
  const [, host, published, target, protocol = "tcp"] = match;
  return [
    {
      target: Number(target),
      ...(published === undefined || published === "" ? {} : { published }),
      ...(host === undefined ? {} : { host_ip: host.replace(/^\[|\]$/g, "") }),
      protocol,
    },
  ];
}

function looseMount(mount: unknown, folder: string): ComposeMount[] {
  if (typeof mount === "object" && mount !== null) return [mount as ComposeMount];
  const [first = "", second, mode = ""] = String(mount).split(":");
  if (second === undefined) return [{ type: "volume", target: first }];
  const isPath = /^[./~]/.test(first);
  const source = isPath && !first.startsWith("~") ? resolve(folder, first) : first;
  const readOnly = mode.split(",").includes("ro") ? { read_only: true } : {};
  return [{ type: isPath ? "bind" : "volume", source, target: second, ...readOnly }];
}

function conditions(needs: unknown): Record<string, { condition: string }> {
  if (!Array.isArray(needs)) return table(needs) as Record<string, { condition: string }>;
  return Object.fromEntries(needs.map((name) => [String(name), { condition: "service_started" }]));
}

function looseHealth(health: Table): ComposeService["healthcheck"] & {} {
  if (typeof health.test !== "string") return health;
  return { ...health, test: ["CMD-SHELL", health.test] };
}

function named(value: unknown): Table {
  return Array.isArray(value) ? Object.fromEntries(value.map((name) => [String(name), null])) : table(value);
}

function filled(value: unknown, values: Values): unknown {
  if (typeof value === "string") return interpolate(value, values);
  if (Array.isArray(value)) return value.map((item) => filled(item, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, values)]));
}

function table(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
