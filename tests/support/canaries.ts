import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Values that must not be found, by a name that says what each is. */
export type Canaries = Readonly<Record<string, string>>;

/**
 * Names of the canaries that the bytes hold: as they are, or in a disguise that somebody's code may have put them into:
 * JSON, percent-encoding, base64 (also as a part of something longer), hexadecimal, the two bytes a character of a
 * string in memory.
 */
export function canariesIn(bytes: Buffer | string, canaries: Canaries): string[] {
  const text = Buffer.from(bytes);
  return Object.entries(canaries)
    .filter(([, value]) => formsOf(value).some((form) => text.includes(form)))
    .map(([name]) => name);
}

const made = new Map<string, Buffer[]>();

function formsOf(value: string): Buffer[] {
  if (value.length < 12) throw new Error("a canary this short would be found by chance");
  const known = made.get(value);
  if (known !== undefined) return known;
  const hex = Buffer.from(value).toString("hex");
  const texts = [
    ...[value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), hex, hex.toUpperCase()],
    ...base64Of(value),
  ];
  const forms = [...new Set(texts)].map((text) => Buffer.from(text));
  forms.push(Buffer.from(value, "utf16le"));
  made.set(value, forms);
  return forms;
}

/** What of it stays the same wherever it begins in what is encoded, in both alphabets. */
function base64Of(value: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]).toString("base64");
    const core = whole.slice([0, 2, 3][before], -4);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** Of what is searched only a core file with all of a process would be larger. */
const HUGE = 1024 ** 3;

/** Files below a folder that hold a canary, with its name; and how many files there are. */
export function canariesBelow(
  folder: string,
  canaries: Canaries,
): { found: Record<string, string[]>; files: string[] } {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).map((path) => join(folder, path));
  const files = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  const found = files.flatMap((path) => {
    const isHuge = statSync(path).size > HUGE;
    const names = isHuge ? ["too large to be searched"] : canariesIn(readFileSync(path), canaries);
    return names.length === 0 ? [] : [[path, names]];
  });
  return { found: Object.fromEntries(found), files };
}
