import { SoloflowError } from "../core/errors.ts";

/** The only way to the terminal. stdout carries the answer, stderr the progress and the errors. */
export type Output = {
  line(text?: string): void;
  note(text: string): void;
  /** The one document of `--json`. */
  json(document: object): void;
  error(thrown: unknown, debug: boolean): void;
  /** Whether stdout is a terminal: secrets are shown to nothing else. */
  isTerminal: boolean;
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
};

type Streams = {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown; isTTY?: boolean };
};

export function createOutput(streams: Streams, env: Readonly<Record<string, string | undefined>>): Output {
  const plain = (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb" || streams.stderr.isTTY !== true;
  const paint = (code: number) => (text: string) => (plain ? text : `\u001b[${code}m${text}\u001b[0m`);
  const note = (text: string) => void streams.stderr.write(`${text}\n`);
  return {
    line: (text = "") => void streams.stdout.write(`${text}\n`),
    note,
    json: (document) => void streams.stdout.write(`${JSON.stringify(document, null, 2)}\n`),
    error: (thrown, debug) => note(describeError(thrown, debug, paint(31))),
    isTerminal: streams.stdout.isTTY === true,
    bold: paint(1),
    dim: paint(2),
    good: paint(32),
    bad: paint(31),
  };
}

function describeError(thrown: unknown, debug: boolean, red: (text: string) => string): string {
  const known = thrown instanceof SoloflowError;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const lines = [`${red("error:")} ${message}`];
  if (known && thrown.hint !== undefined) lines.push(`hint: ${thrown.hint}`);
  if (!known)
    lines.push(
      "hint: this is a fault of soloflow-agent; run it again with --debug and report what it prints",
    );
  if (debug && thrown instanceof Error) lines.push(thrown.stack ?? "", ...causes(thrown));
  return lines.join("\n");
}

function causes(error: Error): string[] {
  return error.cause instanceof Error
    ? [`caused by: ${error.cause.stack ?? error.cause.message}`, ...causes(error.cause)]
    : [];
}
