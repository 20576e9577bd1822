import { z } from "zod";
import { sha256 } from "../core/canonical.ts";

/** One thing that was done to one secret. Never a value. */
export type AuditEntry = {
  /** ISO time. */
  at: string;
  /** The person or program that asked for it. */
  who: string;
  /** In a word: "set", "rotated", "retired", … */
  what: string;
  secret: string;
  /** The number of the value that issues since. */
  version: number;
  result: string;
  /** Says the same once: an entry with an id that is there already is not written again. */
  id: string;
};

/** A line of the log. `previous` is the sha256 of the line before, as it stands there; "" for the first. */
export type AuditLine = AuditEntry & { seq: number; previous: string };

const lineShape = z.strictObject({
  ...{ seq: z.int(), at: z.string(), who: z.string(), what: z.string(), secret: z.string() },
  ...{ version: z.int(), result: z.string(), id: z.string(), previous: z.string() },
});

/** How long the log is and what it ends with. */
export type AuditHead = { lines: number; hash: string };

/** What is kept apart from the log, sealed, so that a cut is noticed; `next` while the log is being written. */
export type AuditSeal = { now: AuditHead; next?: AuditHead | undefined };

export type AuditFault = { line: number; what: string };

/** The log with these entries at its end, each once. */
export function appended(text: string, entries: readonly AuditEntry[]): string {
  const lines = linesOf(text);
  const known = new Set(lines.map((line) => readLine(line)?.id));
  for (const entry of entries.filter(({ id }) => !known.has(id))) {
    lines.push(JSON.stringify({ seq: lines.length + 1, ...entry, previous: hashOf(lines.at(-1)) }));
  }
  return lines.map((line) => `${line}\n`).join("");
}

export function headOf(text: string): AuditHead {
  const lines = linesOf(text);
  return { lines: lines.length, hash: hashOf(lines.at(-1)) };
}

/** The lines that can be read, in their order. */
export function auditLines(text: string): AuditLine[] {
  return linesOf(text).flatMap((line) => readLine(line) ?? []);
}

/**
 * What is wrong with the log: a line that was changed, removed, moved or put in, or an end that was cut off or added. Empty
 * when all holds, also when its agent was killed between the seal and the log.
 */
export function auditFaults(text: string, seal: AuditSeal | undefined): AuditFault[] {
  const lines = linesOf(text);
  const faults = lines.flatMap((line, index) => faultOf(line, index + 1, lines[index - 1]));
  if (text !== "" && !text.endsWith("\n"))
    faults.push({ line: lines.length, what: "it is cut off in its middle" });
  return faults.length > 0 ? faults : endFaults(text, lines.length, seal);
}

function faultOf(line: string, place: number, before: string | undefined): AuditFault[] {
  const read = readLine(line);
  if (read === undefined) return [{ line: place, what: "it is no line of this log" }];
  const expected = before === undefined ? 1 : (readLine(before)?.seq ?? read.seq - 1) + 1;
  if (read.seq !== expected) {
    const what = `number ${read.seq} stands where ${expected} belongs: lines were removed, moved or put in`;
    return [{ line: place, what }];
  }
  if (read.previous === hashOf(before)) return [];
  return [{ line: Math.max(1, place - 1), what: "it is not what it was when the next one was written" }];
}

function endFaults(text: string, line: number, seal: AuditSeal | undefined): AuditFault[] {
  if (seal === undefined) {
    const what = "its seal is missing, so that nobody can say whether lines were cut off";
    return line === 0 ? [] : [{ line, what }];
  }
  const { lines, hash } = headOf(text);
  const isEnd = (head: AuditHead | undefined) => head?.lines === lines && head.hash === hash;
  if (isEnd(seal.now) || isEnd(seal.next)) return [];
  if (lines < seal.now.lines)
    return [
      { line, what: `${seal.now.lines - lines} lines after it are gone, there were ${seal.now.lines}` },
    ];
  return [{ line, what: "the log does not end with what was written last" }];
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function hashOf(line: string | undefined): string {
  return line === undefined ? "" : sha256(line);
}

function readLine(line: string): AuditLine | undefined {
  try {
    return lineShape.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
