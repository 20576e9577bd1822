import { sha256 } from "../../core/canonical.ts";

/** The last words of a process; what came before differs with what it was doing. */
const LINES = 5;

/**
 * What the ends of two logs have in common when the same fault ended them: the last lines without times, numbers,
 * identifiers and addresses. "" for a log without a line. `fromMs`: lines that begin with an older time are of a
 * life before, milliseconds since the epoch.
 */
export function logSignature(log: string, fromMs = 0): string {
  const isOlder = (line: string) => Date.parse(line.split(" ", 1)[0] ?? "") < fromMs;
  const lines = log.split("\n").filter((line) => line.trim() !== "" && !isOlder(line));
  if (lines.length === 0) return "";
  return sha256(lines.slice(-LINES).map(lasting).join("\n")).slice(0, 16);
}

function lasting(line: string): string {
  return line
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, "#")
    .replace(/\b(?=[a-f]*\d)[0-9a-f]{7,}\b/gi, "#")
    .replace(/\d+/g, "#");
}
