export type Environment = Readonly<Record<string, string | undefined>>;
export type ReadText = (path: string) => string;

/** Thrown for a `NAME_FILE` that cannot be read; the message quotes the path and the system's code only. */
export class UnreadableFile extends Error {}

/** The value of NAME without the white space around it; nothing but white space is as good as not set. */
export function plainValue(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/**
 * The value of NAME: the text of the file that `NAME_FILE` names when that is
 * set, else NAME itself. A file that cannot be read never falls back to NAME,
 * which could be the value of another time.
 */
export function secretValue(env: Environment, readText: ReadText, name: string): string | undefined {
  const path = plainValue(env, `${name}_FILE`);
  if (path === undefined) return plainValue(env, name);
  try {
    return readText(path).trim() || undefined;
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? "unknown error";
    throw new UnreadableFile(`${name}_FILE: cannot read ${path} (${code})`, { cause });
  }
}
