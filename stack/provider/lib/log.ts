export type Level = "info" | "warn" | "error";

/**
 * Writes one line of JSON to stdout: `{level, msg, at, ...facts}`, `at` in ISO
 * form with milliseconds. Facts never hold a secret, an address or a name of a
 * customer: what is logged is kept for a long time and read by many.
 */
export function log(level: Level, msg: string, facts: Record<string, unknown> = {}): void {
  process.stdout.write(`${JSON.stringify({ level, msg, at: new Date().toISOString(), ...facts })}\n`);
}

/** What may be said of an unknown error in a log: its kind and text, never its stack or its fields. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  const says = typeof code === "string" && !error.message.startsWith(code);
  return says ? `${code}: ${error.message}` : error.message;
}
