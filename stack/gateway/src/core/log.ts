export type Level = "info" | "warn" | "error";
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: Level, msg: string, facts?: Facts) => void;

/** Keys can come in by a wrong door, such as the path; what has their shape never leaves by this one. */
const KEY_SHAPE = /sk_(test|live)_[0-9A-Za-z]+/g;

/**
 * Makes a log that writes one line of JSON an event: `{level, msg, at, ...facts}`,
 * `at` in ISO form with milliseconds. Whatever looks like an API key is blotted out.
 */
export function createLog(write: (line: string) => void): Log {
  return (level, msg, facts = {}) => {
    const line = JSON.stringify({ level, msg, at: new Date().toISOString(), ...facts });
    write(`${line.replace(KEY_SHAPE, "sk_$1_[redacted]")}\n`);
  };
}

/** What may be said of an unknown error in a log: its code and text, never its stack or its other fields. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, errno } = error as { code?: unknown; errno?: unknown };
  return [code, errno, error.message].filter((part) => typeof part === "string" && part !== "").join(" ");
}
