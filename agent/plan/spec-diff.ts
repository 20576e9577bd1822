import { sha256 } from "../core/canonical.ts";
import { isSecretName } from "./check/secret-names.ts";
import type { ComposeService } from "./compose-model.ts";
import { LABEL } from "./labels.ts";

/** Credentials inside a value: an address with a user or a password, an option that carries one. */
const SECRET_VALUE =
  /:\/\/[^/\s@]+@|(pass|pwd|passwd|password|passphrase|secret|token|credentials?|(api|private|access|account)[-_ ]?key)\W/i;
/** Wider than what `check` calls a secret: a fingerprint too many costs a word of comfort, one too few a secret. */
const MAYBE_SECRET = /SECRET|PASS|PWD|TOKEN|KEY|PEPPER|SALT|AUTH|CREDENTIAL|SIGNATURE|HASH|DSN|_UR[LI]$/i;

/**
 * Which fields changed, from what to what, one line each: "environment.LOG_LEVEL: info → debug". Values whose name
 * or form may be a secret are shown as fingerprints.
 */
export function specDiff(before: ComposeService, after: ComposeService): string[] {
  const lines: string[] = [];
  compare(flatten(before), flatten(after), lines);
  return lines;
}

function compare(before: Map<string, string>, after: Map<string, string>, lines: string[]): void {
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) continue;
    if (path === `labels.${LABEL.secrets}`) lines.push(...secretLines(old ?? "", now ?? ""));
    else if (!isDerived(path)) lines.push(line(path, old, now));
  }
}

/** Follows from the secrets' values, which have lines of their own. */
function isDerived(path: string): boolean {
  return path.startsWith("volumes./run/secrets.");
}

function line(path: string, old: string | undefined, now: string | undefined): string {
  const show = (value: string) =>
    mayBeSecret(path, value) ? `#${sha256(value).slice(0, 12)}` : shorten(path, value);
  if (old === undefined) return `${path}: added ${show(now ?? "")}`;
  if (now === undefined) return `${path}: removed (was ${show(old)})`;
  return `${path}: ${show(old)} → ${show(now)}`;
}

function mayBeSecret(path: string, value: string): boolean {
  const name = path.slice(path.lastIndexOf(".") + 1);
  return isSecretName(name) || MAYBE_SECRET.test(path) || SECRET_VALUE.test(value);
}

function shorten(path: string, value: string): string {
  if (path === "image") return value.replace(/^sha256:/, "").slice(0, 24);
  return value.length > 60 ? `${value.slice(0, 57)}…` : value;
}

function secretLines(old: string, now: string): string[] {
  const [before, after] = [prints(old), prints(now)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `secret ${name}: #${before.get(name) ?? "none"} → #${after.get(name) ?? "none"}`);
}

function prints(text: string): Map<string, string> {
  return new Map(
    text.split(" ").flatMap((pair): [string, string][] => {
      const [name, print] = pair.split("=");
      return name === undefined || print === undefined ? [] : [[name, print]];
    }),
  );
}

/** Leaves by path; lists of named things (mounts, ports) by their target instead of their place. */
function flatten(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  if (typeof value !== "object" || value === null) {
    if (value !== undefined && value !== null) into.set(path, String(value));
    return into;
  }
  const scalarList = Array.isArray(value) && value.every((item) => typeof item !== "object");
  if (scalarList) return into.set(path, value.join(" "));
  for (const [key, member] of Object.entries(value)) flatten(member, join(path, keyOf(key, member)), into);
  return into;
}

function keyOf(key: string, member: unknown): string {
  const target = (member as { target?: unknown } | null)?.target;
  return target === undefined ? key : String(target);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
