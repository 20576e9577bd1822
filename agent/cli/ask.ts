import { EXIT, SoloflowError } from "../core/errors.ts";
import type { Ask } from "../core/progress.ts";

type Terminal = {
  streams: { readonly stdin: NodeJS.ReadStream; readonly stderr: { write(text: string): unknown } };
  yes: boolean;
  /** Ends a question that waits for its answer. */
  signal: AbortSignal;
};

/** What answers come from. */
type Source = Pick<Terminal, "streams" | "signal">;

/**
 * Questions on stderr, answers from stdin. Without a terminal the answer is what `--yes` says. An interrupted
 * question throws SoloflowError "cancelled" (exit 1).
 */
export function createAsk({ streams, yes, signal }: Terminal): Ask {
  const source = { streams, signal };
  const isTerminal = () => streams.stdin.isTTY === true;
  const question = async (text: string): Promise<string> => {
    streams.stderr.write(text);
    return (await readLine(source)) ?? "";
  };
  return {
    async confirm(text) {
      if (yes || !isTerminal()) return yes;
      return /^y(es)?$/i.test((await question(`${text} [y/N] `)).trim());
    },
    async typed(text, word) {
      if (yes || !isTerminal()) return yes;
      return (await question(`${text}\nType ${word} to go on: `)).trim() === word;
    },
    async hidden(text, { whole = false } = {}) {
      if (!isTerminal()) return whole ? readWhole(source) : readLine(source);
      // First no echo, then the question: whoever answers at once is not shown either.
      streams.stdin.setRawMode(true);
      try {
        streams.stderr.write(`${text}: `);
        return await readHidden(source);
      } finally {
        streams.stdin.setRawMode(false);
        streams.stderr.write("\n");
      }
    },
  };
}

/** One line without its newline; undefined when the input ended before anything came. */
async function readLine(source: Source): Promise<string | undefined> {
  let text = "";
  for await (const chunk of chunks(source)) {
    text += chunk.toString("utf8");
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end).replace(/\r$/, "");
  }
  return text === "" ? undefined : text;
}

/** Far above what a secret may have, far below what would hurt. */
const MAX_INPUT_BYTES = 1024 * 1024;

async function readWhole(source: Source): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of chunks(source)) {
    bytes += part.length;
    if (bytes > MAX_INPUT_BYTES) throw unusable("is larger than 1 MiB");
    parts.push(part);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
    return text === "" ? undefined : text.replace(/\r?\n$/, "");
  } catch {
    throw unusable("is not UTF-8");
  }
}

function unusable(why: string): SoloflowError {
  return new SoloflowError("input", `the standard input ${why}`, {
    hint: "give it as text; encode binary content in base64",
    exitCode: EXIT.usage,
  });
}

const ENTER = new Set(["\r", "\n"]);
const ERASE = new Set(["\u007f", "\b"]);
const CANCEL = new Set(["\u0003", "\u0004"]);

/** What is pasted comes in pieces of any size, and may have lines: half of a value is none. */
async function readHidden(source: Source): Promise<string | undefined> {
  const typed: string[] = [];
  const decoder = new TextDecoder();
  for await (const chunk of chunks(source)) {
    const keys = [...decoder.decode(chunk, { stream: true })];
    for (const [index, key] of keys.entries()) {
      if (CANCEL.has(key)) return undefined;
      if (ENTER.has(key)) return complete(typed.join(""), keys.slice(index + 1).join(""));
      if (ERASE.has(key)) typed.pop();
      else typed.push(key);
    }
  }
  return undefined;
}

function complete(line: string, more: string): string {
  if (more.trim() === "") return line;
  throw new SoloflowError("input", "more than one line was pasted, and a question takes one", {
    hint: "give it by standard input instead: soloflow-agent … < FILE",
    exitCode: EXIT.usage,
  });
}

/** A terminal that is still listened to would keep the process from ending. */
async function* chunks({ streams: { stdin }, signal }: Source): AsyncGenerator<Buffer> {
  const interrupted = rejection(signal);
  // A file as standard input has neither ref nor unref.
  stdin.ref?.();
  const incoming = stdin.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const { done, value } = await Promise.race([incoming.next(), interrupted.promise]);
      if (done === true) return;
      yield Buffer.from(value);
    }
  } finally {
    interrupted.forget();
    // An interrupted read is still waiting, and its iterator would end only after it.
    if (!signal.aborted) await incoming.return?.();
    stdin.pause();
    stdin.unref?.();
  }
}

/** A promise that never resolves, and rejects when the signal is aborted. */
function rejection(signal: AbortSignal): { promise: Promise<never>; forget(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () =>
    reject(
      new SoloflowError("cancelled", "interrupted at the question", {
        hint: "what it asked about was not done",
      }),
    );
  // Nobody waits for it between two questions.
  promise.catch(() => {});
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  return { promise, forget: () => signal.removeEventListener("abort", abort) };
}
