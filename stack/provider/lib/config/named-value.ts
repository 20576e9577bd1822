export type Environment = Readonly<Record<string, string | undefined>>;
export type ReadText = (path: string) => string;
export type NamedValue = { value: string | undefined; fault?: string };

/**
 * The value of NAME: the text of the file that `NAME_FILE` points to when that
 * is set, else the variable NAME itself. White space around it is dropped (an
 * editor ends a file with a new line), and nothing but white space counts as
 * not set. A file that cannot be read is a fault; it never falls back to NAME,
 * which could be the value of another time.
 */
export function namedValue(env: Environment, readText: ReadText, name: string): NamedValue {
  const path = env[`${name}_FILE`]?.trim();
  if (!path) return { value: env[name]?.trim() || undefined };
  try {
    return { value: readText(path).trim() || undefined };
  } catch (error) {
    const code = (error as { code?: string }).code ?? "unknown error";
    return { value: undefined, fault: `${name}_FILE: cannot read ${path} (${code})` };
  }
}
