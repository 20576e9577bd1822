import { SoloflowError } from "../core/errors.ts";
import { openScreen, type Screen, type ScreenStream } from "./screen.ts";

/** The only way to the terminal. stdout carries the answer, stderr the progress and the errors. */
export type Output = {
  line(text?: string): void;
  note(text: string): void;
  /** The one document of `--json`. */
  json(document: object): void;
  error(thrown: unknown, debug: boolean): void;
  /** Whether stdout is a terminal: secrets are shown to nothing else. */
  isTerminal: boolean;
  /** Takes stdout's terminal as a whole; see Screen. */
  screen(): Screen;
  /** For what goes into `line`. */
  inLine: Paint;
  /** For what goes into `note`. */
  inNote: Paint;
};

/** Colours where the stream is a terminal that shows them, else the text as it is. */
export type Paint = Readonly<Record<"dim" | "good" | "bad", (text: string) => string>>;

type Streams = {
  readonly stdout: ScreenStream & { isTTY?: boolean };
  readonly stderr: { write(text: string): unknown; isTTY?: boolean };
};

export function createOutput(streams: Streams, env: Readonly<Record<string, string | undefined>>): Output {
  const wanted = (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
  // Asked only when it is used: see StandardStreams.
  const inNote = paint(() => wanted && streams.stderr.isTTY === true);
  const note = (text: string) => void streams.stderr.write(`${text}\n`);
  return {
    line: (text = "") => void streams.stdout.write(`${text}\n`),
    note,
    json: (document) => void streams.stdout.write(`${JSON.stringify(document, null, 2)}\n`),
    error: (thrown, debug) => note(describeError(thrown, debug, inNote.bad)),
    get isTerminal() {
      return streams.stdout.isTTY === true;
    },
    screen: () => openScreen(streams.stdout, process),
    inLine: paint(() => wanted && streams.stdout.isTTY === true),
    inNote,
  };
}

function paint(coloured: () => boolean): Paint {
  const as = (code: number) => (text: string) => (coloured() ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { dim: as(2), good: as(32), bad: as(31) };
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
