import type { Fault } from "../../config/fault.ts";
import type { TomlPath } from "../../config/toml-positions.ts";
import type { YamlPath } from "./compose-source.ts";
import type { Subject } from "./subject.ts";

export type Place = Pick<Fault, "file" | "line" | "column">;

export const MACHINE: Place = { file: "machine" };

/** Where soloflow.toml says it, or the nearest table around it. */
export function inConfig({ configSource: { file, positions } }: Subject, path: TomlPath): Place {
  const isElement = typeof path.at(-1) === "number";
  return { file, ...((isElement ? positions.value(path) : positions.key(path)) ?? positions.nearest(path)) };
}

/** Where a compose file says it: the last of them that does, for that one wins; else the nearest key around it. */
export function inCompose({ compose }: Pick<Subject, "compose">, path: YamlPath): Place {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const source = compose.findLast((one) => one.has(part));
    const place = source?.key(part);
    if (source !== undefined && place !== undefined) return { file: source.file, ...place };
  }
  return { file: compose.at(-1)?.file ?? "compose.yaml" };
}

type Words = { message: string; hint?: string | undefined };

export function error(rule: string, place: Place, words: Words): Fault {
  return make("error", rule, place, words);
}

export function warning(rule: string, place: Place, words: Words): Fault {
  return make("warning", rule, place, words);
}

export function notice(rule: string, place: Place, words: Words): Fault {
  return make("notice", rule, place, words);
}

function make(severity: Fault["severity"], rule: string, place: Place, { message, hint }: Words): Fault {
  return { severity, ...place, rule, message, ...(hint === undefined ? {} : { hint }) };
}
