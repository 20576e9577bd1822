import type { ComposeSource } from "./compose-source.ts";
import { inCompose, type Place } from "./places.ts";
import type { Subject } from "./subject.ts";

/** One entry of a service's `environment:` (or build arguments) as it is written; null passes the shell's value on. */
export type RawVariable = { service: string; name: string; raw: string | null; place: Place };

type Table = Record<string, unknown>;

/** The environment of all services as the compose files write it; of several files the last one wins. */
export function rawEnvironment({ compose }: Pick<Subject, "compose">): RawVariable[] {
  const found = new Map<string, RawVariable>();
  for (const source of compose) {
    for (const [service, fields] of servicesOf(source)) {
      const path = ["services", service, "environment"];
      for (const variable of variables(source, service, path, fields.environment)) {
        found.set(`${service}\0${variable.name}`, variable);
      }
    }
  }
  return [...found.values()];
}

/** Build arguments as the compose files write them. */
export function rawBuildArgs({ compose }: Pick<Subject, "compose">): RawVariable[] {
  return compose.flatMap((source) =>
    servicesOf(source).flatMap(([service, fields]) => {
      const path = ["services", service, "build", "args"];
      return variables(source, service, path, table(fields.build).args);
    }),
  );
}

/** The services of one file, as they are written there. */
export function servicesOf(source: ComposeSource): [string, Table][] {
  return Object.entries(table(table(source.data).services)).map(([name, fields]) => [name, table(fields)]);
}

function variables(source: ComposeSource, service: string, path: string[], written: unknown): RawVariable[] {
  return entries(written).map(({ key, name, raw }) => ({
    service,
    name,
    raw,
    place: inCompose({ compose: [source] }, [...path, key]),
  }));
}

function entries(written: unknown): { key: string | number; name: string; raw: string | null }[] {
  if (!Array.isArray(written)) {
    return Object.entries(table(written)).map(([name, value]) => ({ key: name, name, raw: textOf(value) }));
  }
  return written.map((item, key) => {
    const text = String(item);
    const at = text.indexOf("=");
    return at === -1
      ? { key, name: text, raw: null }
      : { key, name: text.slice(0, at), raw: text.slice(at + 1) };
  });
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function table(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}
