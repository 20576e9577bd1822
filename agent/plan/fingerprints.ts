import { createHmac } from "node:crypto";

/** One shared secret as an app has it: the number of the version that issues, and a fingerprint of each accepted one. */
export type SecretFingerprints = { issues: number; accepts: Readonly<Record<string, string>> };

/** What an app says of its shared secrets, by name. Holds no value. */
export type Fingerprints = Readonly<Record<string, SecretFingerprints>>;

/** Longer answers are none. A secret takes about 100 characters and 18 more a version. */
const MAX_CHARACTERS = 16_384;
const VERSION = /^[1-9]\d{0,8}$/;
const FINGERPRINT = /^[0-9a-f]{12}$/;

/**
 * The first 12 hexadecimal digits of HMAC-SHA256, keyed by the value without the white space around it, as apps read
 * it from a file: enough to tell two values apart (one in 2.8e14), and none of a random value can be found from them.
 */
export function fingerprint(name: string, value: string): string {
  const digest = createHmac("sha256", value.trim()).update(`soloflow fingerprint\0${name}`).digest("hex");
  return digest.slice(0, 12);
}

/** What an app must say that was given these versions; `issues` is one of their numbers. */
export function expectedFingerprints(
  name: string,
  versions: readonly { n: number; value: string }[],
  issues: number,
): SecretFingerprints {
  return {
    issues,
    accepts: Object.fromEntries(versions.map(({ n, value }) => [n, fingerprint(name, value)])),
  };
}

/** The body of an app's answer; undefined when it is not one of schema 1. Members it does not know are left out. */
export function parseFingerprints(text: string): Fingerprints | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const body = objectIn(parsed(text));
  const secrets = body?.schema === 1 ? objectIn(body.secrets) : undefined;
  if (secrets === undefined) return undefined;
  const found = Object.entries(secrets).map(([name, value]) => [name, secretIn(value)] as const);
  return found.every(([, value]) => value !== undefined)
    ? (Object.fromEntries(found) as Fingerprints)
    : undefined;
}

function secretIn(value: unknown): SecretFingerprints | undefined {
  const { issues, accepts } = objectIn(value) ?? {};
  const entries = Object.entries(objectIn(accepts) ?? {});
  const isSound = entries.every(([n, digits]) => VERSION.test(n) && FINGERPRINT.test(String(digits)));
  if (!isSound || !entries.some(([n]) => n === String(issues))) return undefined;
  return { issues: Number(issues), accepts: Object.fromEntries(entries) as Record<string, string> };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectIn(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
