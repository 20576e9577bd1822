import type { z } from "zod";
import { nearest } from "../core/nearest.ts";
import type { Fault } from "./fault.ts";
import type { TomlPath, TomlPositions } from "./toml-positions.ts";
import { unknownKey } from "./unknown-key.ts";
import { either, expectedType, foundType, spelled } from "./words.ts";

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: "invalid_union" }>;

/** What a fault is said about: the parsed document, where its keys stand, and the file's name. */
export type Source = { data: unknown; positions: TomlPositions; file: string };

/** What the schema found, in plain words, each at the key or value that a person must change. */
export function schemaFaults(issues: readonly Issue[], source: Source, base: TomlPath = []): Fault[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownKey([...path, key], source.positions, source.file));
    }
    if (issue.code === "invalid_union") return unionFaults(issue, path, source);
    return [configFault(path, source, inWords(issue, path, source))];
  });
}

/** An error at the value of a path, or at the table that lacks it. */
function configFault(path: TomlPath, source: Source, words: Words): Fault {
  const { positions, file } = source;
  const at = words.atKey ? undefined : positions.value(path);
  const hint = words.hint === undefined ? {} : { hint: words.hint };
  const place = at ?? positions.nearest(path);
  return { severity: "error", file, ...place, rule: "config", message: words.message, ...hint };
}

/**
 * A union reports the faults of each of its alternatives. A person meant one of them: the one whose own keys are
 * there and which finds no strange ones. Where that cannot be said, the union's own message stands.
 */
function unionFaults(issue: UnionIssue, path: TomlPath, source: Source): Fault[] {
  const value = valueAt(source.data, path);
  const fitting = issue.errors.filter((faults) => faults.every((one) => !missesTheShape(one, value)));
  const known = fitting.filter((faults) => faults.every((one) => one.code !== "unrecognized_keys"));
  const meant = known.length === 1 ? known[0] : fitting.length === 1 ? fitting[0] : undefined;
  if (meant !== undefined) return schemaFaults(meant, source, path);
  return [configFault(path, source, inWords(issue, path, source))];
}

function missesTheShape(issue: Issue, value: unknown): boolean {
  if (issue.code !== "invalid_type") return false;
  return issue.path.length === 0 || valueAt(value, issue.path) === undefined;
}

type Words = { message: string; hint?: string | undefined; atKey?: boolean };

function inWords(issue: Issue, path: TomlPath, source: Source): Words {
  const name = spelled(path);
  const value = valueAt(source.data, path);
  switch (issue.code) {
    case "invalid_type":
      return wrongType([issue.expected], name, value);
    case "invalid_union": {
      if (issue.message !== "Invalid input") return { message: `${name}: ${issue.message}` };
      const types = issue.errors.flat().map((one) => (one.code === "invalid_type" ? one.expected : ""));
      return wrongType(types, name, value);
    }
    case "invalid_value":
      return notOneOf(issue.values.map(String), name, value);
    case "too_small":
      return { message: `${name} must ${limit(issue.origin, "at least", Number(issue.minimum))}` };
    case "too_big":
      return { message: `${name} must ${limit(issue.origin, "at most", Number(issue.maximum))}` };
    case "invalid_key":
      return { message: `${name}: ${issue.issues[0]?.message ?? "not a valid name"}`, atKey: true };
    default:
      return { message: `${name}: ${issue.message}` };
  }
}

function wrongType(types: readonly string[], name: string, value: unknown): Words {
  const wanted = either(types.filter((type) => type !== "").map(expectedType));
  if (value === undefined) return { message: `${name} is missing; it is ${wanted}` };
  const message = `${name} must be ${wanted}, found ${foundType(value)}`;
  const isBareNumber = typeof value === "number" && types.includes("string");
  return { message, hint: isBareNumber ? "write it in quotes, a duration or size with its unit" : undefined };
}

function notOneOf(values: readonly string[], name: string, value: unknown): Words {
  const list = either(values.map((one) => `"${one}"`));
  if (value === undefined) return { message: `${name} is missing; it is ${list}` };
  const meant = typeof value === "string" ? nearest(value, values) : undefined;
  return { message: `${name} must be ${list}`, hint: meant && `did you mean "${meant}"?` };
}

function limit(origin: string, bound: string, amount: number): string {
  if (origin === "array") return `have ${bound} ${amount} ${amount === 1 ? "entry" : "entries"}`;
  return origin === "string" ? `have ${bound} ${amount} characters` : `be ${bound} ${amount}`;
}

/** The value at a path of parsed data; undefined where there is none. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    data,
  );
}
