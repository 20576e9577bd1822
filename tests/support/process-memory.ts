import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { type Canaries, canariesIn } from "./canaries.ts";

const PAGE = 4096;
const PIECE = 8192 * PAGE;
/** Longer than any form of a canary: one that lies on an edge is seen in the next piece. */
const OVERLAP = 64 * PAGE;
/** Of an entry of pagemap its last byte: the page is in memory, or swapped out. */
const HOLDS = 0xc0;

type Range = { from: number; to: number };

/** Names of the canaries that a process has in memory: all that is readable and was ever touched. Needs root. */
export function canariesInMemory(pid: number, canaries: Canaries): { found: string[]; bytes: number } {
  const found = new Set<string>();
  let bytes = 0;
  const [memory, pages] = ["mem", "pagemap"].map((name) => openSync(`/proc/${pid}/${name}`, "r"));
  try {
    for (const { from, to } of mappingsOf(pid).flatMap((mapping) => touched(pages ?? 0, mapping))) {
      for (let at = from; at < to; at += PIECE - OVERLAP) {
        const piece = read(memory ?? 0, at, Math.min(PIECE, to - at));
        bytes += piece.length;
        for (const name of canariesIn(piece, canaries)) found.add(name);
      }
    }
  } finally {
    for (const file of [memory, pages]) closeSync(file ?? 0);
  }
  return { found: [...found], bytes };
}

function mappingsOf(pid: number): Range[] {
  return readFileSync(`/proc/${pid}/maps`, "latin1")
    .split("\n")
    .flatMap((line) => {
      const [, from = "", to = "", mode = ""] = /^([0-9a-f]{1,12})-([0-9a-f]{1,12}) (\S+)/.exec(line) ?? [];
      return mode.startsWith("r") ? [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }] : [];
    });
}

/** JavaScriptCore reserves many times what it uses: what nobody wrote to is left out. */
function touched(pages: number, { from, to }: Range): Range[] {
  const count = (to - from) / PAGE;
  const entries = Buffer.alloc(count * 8);
  readSync(pages, entries, 0, entries.length, (from / PAGE) * 8);
  const ranges: Range[] = [];
  for (let page = 0; page < count; page += 1) {
    if (((entries[page * 8 + 7] ?? 0) & HOLDS) === 0) continue;
    const at = from + page * PAGE;
    const last = ranges.at(-1);
    if (last?.to === at) last.to = at + PAGE;
    else ranges.push({ from: at, to: at + PAGE });
  }
  return ranges;
}

/** Nothing of what cannot be read after all. */
function read(memory: number, at: number, length: number): Buffer {
  const piece = Buffer.alloc(length);
  try {
    return piece.subarray(0, readSync(memory, piece, 0, length, at));
  } catch {
    return piece.subarray(0, 0);
  }
}
