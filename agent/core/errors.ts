/** Exit codes of the command line; they are a contract (README, "Exit codes"). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  restored: 3,
  notRestored: 4,
  locked: 5,
  noDocker: 6,
  changes: 10,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

type Details = { hint?: string | undefined; exitCode?: ExitCode; cause?: unknown };

/**
 * The only error that is meant for a person: `message` in lower case without a full stop,
 * `hint` naming the next command, `code` a stable word for programs.
 */
export class SoloflowError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.name = "SoloflowError";
    this.code = code;
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? EXIT.failed;
  }
}

/** What was thrown, as one line; for causes that are passed on inside a message. */
export function reason(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.split("\n", 1)[0] ?? text;
}
