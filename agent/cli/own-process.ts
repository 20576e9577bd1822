import { fstatSync } from "node:fs";
import type { LiveStream } from "./live-progress.ts";

/** What the command line needs of its process. */
export type CliProcess = Pick<NodeJS.Process, "stdin" | "stdout" | "env"> & { readonly stderr: LiveStream };

type Written = { readonly writableLength: number };

/**
 * This process, with streams that are made when they are first used: node's take 1.8 MB of private memory, for which a
 * daemon that says a line now and then has no use. Whoever reads what is printed may stop reading (`soloflow-agent
 * history | head`): what is under way goes on to its end all the same, and the exit code is its own.
 */
export function ownProcess(): CliProcess & { isSaid(): boolean } {
  const used = new Map<string, Written>();
  const ofNode = <Name extends "stdout" | "stderr">(name: Name): NodeJS.Process[Name] => {
    const stream = process[name];
    if (!used.has(name)) stream.on("error", unlessUnread);
    used.set(name, stream);
    return stream;
  };
  let lines: (LiveStream & Written) | undefined;
  return {
    env: process.env,
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return ofNode("stdout");
    },
    get stderr() {
      if (fstatSync(2).isCharacterDevice()) return ofNode("stderr");
      lines ??= plainLines();
      used.set("stderr", lines);
      return lines;
    },
    /** Whether all that was written has left the process. */
    isSaid: () => [...used.values()].every(({ writableLength }) => writableLength === 0),
  };
}

function unlessUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** stderr where it is no terminal but a file, a pipe, the journal. */
function plainLines(): LiveStream & Written {
  const sink = Bun.stderr.writer();
  let underWay = 0;
  const said = async (flushed: number | Promise<number>) => {
    underWay += 1;
    await Promise.resolve(flushed).catch(() => {});
    underWay -= 1;
  };
  return {
    get writableLength() {
      return underWay;
    },
    write(text) {
      try {
        sink.write(text);
        void said(sink.flush());
      } catch {
        // Nobody reads it any more.
      }
    },
  };
}
