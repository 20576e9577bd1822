import type { Config } from "./config.ts";
import type { Fault } from "./fault.ts";
import type { Finding } from "./rules/finding.ts";
import { imageFindings } from "./rules/images.ts";
import { ingressFindings } from "./rules/ingress.ts";
import { rotationFindings } from "./rules/rotation.ts";
import { secretFindings } from "./rules/secrets.ts";
import { serviceFindings } from "./rules/services.ts";
import { watchFindings } from "./rules/watch.ts";
import { configSchema } from "./schema.ts";
import { schemaFaults, valueAt } from "./schema-faults.ts";
import { isBrokenHeader, parseToml } from "./toml-faults.ts";
import { TomlPositions } from "./toml-positions.ts";

export type ParseResult =
  | { config: Config; faults: Fault[] /* warnings only */ }
  | { config?: undefined; faults: Fault[] };

/**
 * soloflow.toml's text to its validated form, or every fault at once, in the order of the text. `file` is the
 * name that faults carry.
 */
export function parseConfig(text: string, file: string): ParseResult {
  const toml = parseToml(text, file);
  const source = { data: withoutBrokenTables(toml.data), positions: new TomlPositions(toml.text), file };
  const checked = configSchema.safeParse(source.data);
  if (!checked.success) {
    // Beside a line that could not be read, what seems to be missing may stand on it.
    const issues = checked.error.issues.filter(
      (issue) => toml.faults.length === 0 || valueAt(source.data, issue.path) !== undefined,
    );
    return { faults: inOrder([...toml.faults, ...schemaFaults(issues, source)]) };
  }
  if (toml.faults.length > 0) return { faults: inOrder(toml.faults) };
  const config = withDefaults(checked.data);
  const faults = inOrder(findings(config).map((finding) => located(finding, source.positions, file)));
  return faults.some((fault) => fault.severity === "error") ? { faults } : { config, faults };
}

function findings(config: Config): Finding[] {
  return [
    ...serviceFindings(config),
    ...imageFindings(config),
    ...secretFindings(config),
    ...rotationFindings(config),
    ...ingressFindings(config),
    ...watchFindings(config),
  ];
}

function located(finding: Finding, positions: TomlPositions, file: string): Fault {
  const { path, ...rest } = finding;
  const isElement = typeof path.at(-1) === "number";
  const place = (isElement ? positions.value(path) : positions.key(path)) ?? positions.nearest(path);
  return { file, ...place, rule: "config", ...rest };
}

function withDefaults(parsed: NonNullable<ReturnType<typeof configSchema.safeParse>["data"]>): Config {
  const compose = parsed.compose ?? "compose.yaml";
  return {
    ...parsed,
    compose: typeof compose === "string" ? [compose] : compose,
    image: parsed.image ?? {},
    service: parsed.service ?? {},
    secret: parsed.secret ?? {},
    ingress: parsed.ingress ?? {},
    watchdog: parsed.watchdog ?? {},
    alerts: parsed.alerts ?? {},
    metrics: parsed.metrics ?? {},
    rotation: parsed.rotation ?? {},
  };
}

function withoutBrokenTables(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => !isBrokenHeader(key)));
}

function inOrder(faults: readonly Fault[]): Fault[] {
  return faults.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}
