import { nearest } from "../core/nearest.ts";
import type { Fault } from "./fault.ts";
import { configSchema } from "./schema.ts";
import { knownKeys, tablesWith } from "./schema-walk.ts";
import type { TomlPath, TomlPositions } from "./toml-positions.ts";
import { either, spelled } from "./words.ts";

/** A key that the schema does not have; the hint says which one was meant, or where it belongs. */
export function unknownKey(path: TomlPath, positions: TomlPositions, file: string): Fault {
  const key = String(path.at(-1));
  const table = path.slice(0, -1);
  return {
    severity: "error",
    file,
    ...positions.nearest(path),
    rule: "config",
    message: `unknown key "${key}" ${table.length === 0 ? "at the top level" : `in [${spelled(table)}]`}`,
    hint: hint(key, knownKeys(configSchema, table)),
  };
}

function hint(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  const elsewhere = tablesWith(configSchema, key);
  const hints = [
    ...(meant === undefined ? [] : [`did you mean "${meant}"?`]),
    ...(elsewhere.length === 0 ? [] : [`"${key}" belongs ${either(elsewhere.map(place))}`]),
  ];
  return hints.length > 0 ? hints.join(" ") : `known here: ${known.join(", ")}`;
}

function place(table: string): string {
  return table === "" ? "at the top level, above the first [table]" : `in [${table}]`;
}
