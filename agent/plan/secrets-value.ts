import type { SecretKind } from "../config/config.ts";

/** What a single environment variable can hold on Linux is 128 KiB; half of it leaves room for its name. */
export const MAX_SECRET_BYTES = 64 * 1024;

/** Better Auth refuses shorter secrets; a pepper keys HMAC-SHA256 and should not be weaker. */
const SHORTEST: Readonly<Record<SecretKind, number>> = {
  generated: 32,
  pepper: 32,
  database: 12,
  superuser: 12,
  external: 8,
};

const WEAK = new Set(
  ["admin", "changeit", "default", "letmein", "pass", "passwd", "password", "postgres", "qwerty"].concat([
    "root",
    "secret",
    "test",
    "user",
    "none",
    "null",
    "undefined",
    "true",
    "false",
    "soloflow",
  ]),
);

const edge = "(?:^|[^A-Za-z0-9])";
const after = "(?:$|[^A-Za-z0-9])";
const PLACEHOLDERS = [
  /^<.*>$|^\$\{.*\}$|^\{\{.*\}\}$/s,
  /\.\.\.|…/,
  /x{6,}|^x+$/i,
  new RegExp(`${edge}(?:change|replace)[-_ ]?(?:me|it|this|in|with|by)${after}`, "i"),
  new RegExp(`${edge}your[-_ ]`, "i"),
  new RegExp(`${edge}(?:placeholder|example|dummy|mock|todo|fixme|insert|goes[-_ ]here)${after}`, "i"),
  /^generate[-_ ]|(?:min|at[-_ ]least)[-_ ]?\d+[-_ ]?char/i,
];

/** Whether the value only stands where a real one should: "changeme", "<your key>", "sk_test_mock", "xxxx". */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDERS.some((pattern) => pattern.test(value.trim()));
}

/** Why no secret can have this value, in words that do not contain it; undefined when it can. */
export function impossibleValue(value: string): string | undefined {
  if (value.trim() === "") return "is empty";
  if (Buffer.byteLength(value) > MAX_SECRET_BYTES) return `is larger than ${MAX_SECRET_BYTES / 1024} KiB`;
  if (value.includes("\0")) return "contains a NUL byte";
  return undefined;
}

/** Why this value should not protect anything, in words that do not contain it; undefined when it may. */
export function weakValue(kind: SecretKind, value: string): string | undefined {
  if (isPlaceholder(value)) return "is a placeholder";
  const bare = value.trim().toLowerCase();
  if (WEAK.has(bare) || /^(.)\1*$/s.test(bare) || /^(?:0?123456789?0?|1234+)$/.test(bare)) {
    return "is one of the first that anybody would try";
  }
  const shortest = SHORTEST[kind];
  return value.length < shortest ? `is shorter than ${shortest} characters` : undefined;
}
