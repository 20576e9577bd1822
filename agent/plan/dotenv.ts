/** One `NAME=value` of an env file. `line` counts from 1. */
export type DotenvEntry = {
  name: string;
  value: string;
  line: number;
  /** The value has a `$NAME` that Compose and a shell would replace; it stands here as it was written. */
  expands: boolean;
};

export type DotenvFault = { line: number; message: string };

const NAME = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*[=:]([ \t]*)/;
const EXPANDS = /\$[A-Za-z_{(]/;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", '"': '"', $: "$" };

/**
 * The env files of Compose: `export ` is allowed, `NAME: value` is `NAME=value`, `#` starts a comment at the start
 * of a line or after a blank, single quotes keep everything, double quotes know \n \r \t \\ \" \$, both may span
 * lines. Nothing is expanded. Faults never contain a value.
 */
export function parseDotenv(text: string): { entries: DotenvEntry[]; faults: DotenvFault[] } {
  const source = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const entries: DotenvEntry[] = [];
  const faults: DotenvFault[] = [];
  let line = 1;
  for (let at = 0; at < source.length; ) {
    const found = readLine(source, at);
    if ("message" in found) faults.push({ line, message: found.message });
    if ("name" in found) entries.push({ name: found.name, value: found.value, line, expands: found.expands });
    line += source.slice(at, found.end).split("\n").length - 1;
    at = found.end;
  }
  return { entries, faults };
}

type Line = { end: number } & (
  | { name: string; value: string; expands: boolean }
  | { message: string }
  | { blank: true }
);

function readLine(source: string, at: number): Line {
  const newline = source.indexOf("\n", at);
  const end = newline < 0 ? source.length : newline + 1;
  const line = source.slice(at, end).trim();
  if (line === "" || line.startsWith("#")) return { end, blank: true };
  const head = NAME.exec(source.slice(at, end));
  if (head?.[1] === undefined) return { end, message: "is not of the form NAME=value" };
  const start = at + head[0].length;
  const quote = source[start];
  if (quote === "'" || quote === '"') return readQuoted(source, start, quote, head[1], end);
  // A "#" right after the "=" belongs to the value, as for a shell and for Compose.
  const value = `${head[2]}${source.slice(start, end)}`.replace(/[ \t]#.*$/s, "").trim();
  return { end, name: head[1], value, expands: EXPANDS.test(value) };
}

function readQuoted(source: string, start: number, quote: string, name: string, lineEnd: number): Line {
  const pattern = quote === "'" ? /'((?:\\'|[^'])*)'/y : /"((?:\\.|[^"\\])*)"/sy;
  pattern.lastIndex = start;
  const body = pattern.exec(source)?.[1];
  if (body === undefined) return { end: lineEnd, message: `${name}: the ${quote} is never closed` };
  const newline = source.indexOf("\n", pattern.lastIndex);
  const end = newline < 0 ? source.length : newline + 1;
  const rest = source.slice(pattern.lastIndex, end).trim();
  if (rest !== "" && !rest.startsWith("#")) {
    return { end, message: `${name}: there is something after the closing ${quote}` };
  }
  if (quote === "'") return { end, name, value: body.replaceAll("\\'", "'"), expands: false };
  const value = body.replace(/\\(.)/gs, (whole, character: string) => ESCAPES[character] ?? whole);
  return { end, name, value, expands: EXPANDS.test(body.replaceAll(/\\./gs, "")) };
}

/** The file that reads back as exactly these, by this parser and by Compose. */
export function writeDotenv(entries: readonly { name: string; value: string }[]): string {
  return entries.map(({ name, value }) => `${name}=${quoted(value)}\n`).join("");
}

function quoted(value: string): string {
  if (/^[A-Za-z0-9_./:@%+,=-]*$/.test(value)) return value;
  if (!/['\\\r]/.test(value)) return `'${value}'`;
  const escaped = value
    .replaceAll(/[\\"$]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
  return `"${escaped}"`;
}
