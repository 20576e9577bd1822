/** A path as a person writes it: `service."my app".live`, list elements as `for[0]`. */
export function spelled(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = /^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a text in quotes",
  number: "a number without quotes",
  int: "a whole number without quotes",
  boolean: "true or false without quotes",
  array: "a list in [ ]",
  tuple: "a list in [ ]",
  object: "a table",
  record: "a table",
};

/** What a schema's type is called in a message. */
export function expectedType(type: string): string {
  return EXPECTED[type] ?? type;
}

/** What stands there instead, of a parsed TOML value. */
export function foundType(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return "a text";
  if (typeof value === "bigint") return "a number";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : "a number with a fraction";
  if (typeof value === "boolean") return `${value}`;
  if (Array.isArray(value)) return "a list";
  return value instanceof Date ? "a date" : "a table";
}

/** "a", "a or b", "a, b or c". */
export function either(words: readonly string[]): string {
  const unique = [...new Set(words)];
  const last = unique.at(-1) ?? "";
  return unique.length < 2 ? last : `${unique.slice(0, -1).join(", ")} or ${last}`;
}
