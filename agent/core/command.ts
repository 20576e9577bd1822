/** One process to run. `argv` is passed as it is; there is no shell. `env` is added to a cleaned environment. */
export type Command = {
  argv: readonly [string, ...string[]];
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Written to the child's standard input, then closed. Secrets travel this way, never in argv. */
  stdin?: string | Uint8Array;
  /** Descriptors the child keeps open: the operation's lock, so that it lives until the last child has ended. */
  inheritFds?: readonly number[];
};

/**
 * Every process has a deadline (Infinity only for what a person watches and ends). `maxBytes` bounds each of the two
 * captured outputs (the tail is kept).
 */
export type Limits = {
  timeoutMs: number;
  signal?: AbortSignal;
  maxBytes?: number;
  /** Called with each line as it comes, without its newline. */
  onLine?: (line: string, from: "stdout" | "stderr") => void;
  /** "inherit" gives the child this process's own terminal (for `logs -f` and `exec`). */
  stdio?: "capture" | "inherit";
};

/** How a process ended. A non-zero exit is a value, not an exception. */
export type Outcome =
  | { kind: "ok"; stdout: string; stderr: string }
  | { kind: "failed"; code: number; stdout: string; stderr: string }
  | { kind: "killed"; by: "timeout" | "cancel" | "signal"; stdout: string; stderr: string }
  | { kind: "missing"; program: string };

/** The one process gateway's signature; `host/exec.ts` is the implementation. */
export type Exec = (command: Command, limits: Limits) => Promise<Outcome>;
