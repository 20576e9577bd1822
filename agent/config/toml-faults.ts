import TOML from "@iarna/toml";
import type { Fault } from "./fault.ts";
import { positionAt, TomlPositions } from "./toml-positions.ts";
import type { Position } from "./toml-scanner.ts";
import { spelled } from "./words.ts";

type ThrownToml = Error & { line: number; col: number };

/** A document, and what is wrong in its text. With faults the data is what the sound lines say. */
export type ParsedToml = { data: unknown; faults: Fault[]; text: string };

/** More than this many faults of the text are one fault: it is another format. */
const MOST = 20;

/**
 * Parses TOML and goes on after a line that is wrong in itself, so that all faults come at once. A fault that
 * leaves the rest unclear (an open bracket or quote) is the last one told. `text` is the document with wrong
 * lines blanked, for positions.
 */
export function parseToml(source: string, file: string): ParsedToml {
  const faults: Fault[] = [];
  // The parser takes neither a byte order mark nor a carriage return behind a comment.
  let text = source.replace(/^\uFEFF/, " ").replaceAll("\r\n", "\n");
  for (;;) {
    try {
      return { data: TOML.parse(text), faults, text };
    } catch (thrown) {
      const error = thrown as ThrownToml;
      const place = placeOf(error);
      faults.push(tomlFault(error, place, text, file));
      const next = faults.length < MOST ? withoutLine(text, place.line) : undefined;
      if (next === undefined) return { data: {}, faults, text };
      text = next;
    }
  }
}

/** The parser counts columns from 1 on the first line and from 0 on all others, lines from 0. */
function placeOf(error: ThrownToml): Position {
  return { line: error.line + 1, column: Math.max(1, error.line === 0 ? error.col : error.col + 1) };
}

/** The text with this line blanked; undefined where the fault began on an earlier line. */
function withoutLine(text: string, line: number): string | undefined {
  const lines = text.split("\n");
  if (lines.length < line || lines[line - 1]?.trim() === "") return undefined;
  try {
    TOML.parse(lines.slice(0, line - 1).join("\n"));
  } catch {
    return undefined;
  }
  const isHeader = lines[line - 1]?.trimStart().startsWith("[") === true;
  // What follows a broken header belongs to no known table: a table of its own keeps it apart.
  lines[line - 1] = isHeader ? `[${BROKEN}-${line}]` : "";
  return lines.join("\n");
}

const BROKEN = "broken-header-on-line";

/** True of the table that stands in for a header which could not be read. */
export function isBrokenHeader(key: string): boolean {
  return key.startsWith(BROKEN);
}

function tomlFault(error: ThrownToml, place: Position, text: string, file: string): Fault {
  const what = error.message.split("\n", 1)[0]?.replace(/ at row \d+, col \d+, pos \d+:$/, "") ?? "";
  if (/redefine existing key/.test(what)) return twice(place, text, file);
  const message = what.charAt(0).toLowerCase() + what.slice(1);
  const hint = hintFor(message, text.split("\n")[place.line - 1] ?? "");
  const at = message.startsWith("unterminated") ? opened(text) : undefined;
  return {
    severity: "error",
    file,
    ...(at ?? place),
    rule: "toml",
    message: `not TOML: ${message}`,
    ...hint,
  };
}

/** Where the value begins that the text ends in. */
function opened(text: string): Position | undefined {
  const last = new TomlPositions(text).entries.findLast((entry) => entry.valueOffset !== undefined);
  return last?.valueOffset === undefined ? undefined : positionAt(text, last.valueOffset);
}

function twice(place: Position, text: string, file: string): Fault {
  const line = text.split("\n").slice(0, place.line).join("\n");
  const positions = new TomlPositions(line);
  const again = positions.entries.findLast((entry) => typeof entry.path.at(-1) === "string");
  const first = again && positions.key(again.path);
  const name = again ? spelled(again.path) : "a key";
  const here = again ? positionAt(line, again.keyOffset) : place;
  const message = `${name} is there twice${first ? `; first on line ${first.line}` : ""}`;
  return { severity: "error", file, ...here, rule: "toml", message, hint: "keep one of the two" };
}

function hintFor(message: string, line: string): { hint: string } | undefined {
  if (/expecting string, number/.test(message)) {
    return { hint: `a text stands in quotes, for instance ${line.split("=")[0]?.trim() || "key"} = "value"` };
  }
  if (/unterminated (string|multi-line)/.test(message)) return { hint: "close the quote" };
  if (/inline (array|table|list)/.test(message)) {
    return { hint: "an inline table stands on one line; a longer one gets a [header] of its own" };
  }
  return undefined;
}
