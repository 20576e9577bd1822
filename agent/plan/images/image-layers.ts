import type { Command } from "../../core/command.ts";
import { formatSize } from "../../core/size.ts";

const SHOWN = 3;
const MAX_TEXT = 90;

/** Prints `BYTES<tab>WHAT MADE IT` a layer, the newest first. */
export function imageHistory(reference: string): Command {
  const format = "{{.Size}}\t{{.CreatedBy}}";
  return {
    argv: ["docker", "history", "--no-trunc", "--human=false", "--format", format, reference],
  };
}

/** The largest layers of what `imageHistory` printed, for people: "90.1 MB  COPY --from=rootfs / /". */
export function largestLayers(history: string): string[] {
  return history
    .split("\n")
    .map((line) => line.split("\t", 2))
    .map(([size = "", by = ""]) => ({ bytes: Number(size), by }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, SHOWN)
    .map(({ bytes, by }) => `${formatSize(bytes)}  ${by.replace(/ # buildkit$/, "").slice(0, MAX_TEXT)}`);
}
