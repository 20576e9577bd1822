import type { Config, SecretConfig, SecretKind } from "../config/config.ts";
import type { Secrets, StoredSecret } from "./secrets.ts";
import { databaseSecret, readLogin } from "./secrets-database.ts";
import { deliveredText } from "./secrets-deliver.ts";
import { impossibleValue, weakValue } from "./secrets-value.ts";
import { readVersionList } from "./version-list.ts";

/** What is to be done with a value that a person gives. No text contains a value. */
export type Ruling = { name: string } & (
  | { kind: "take"; stored: StoredSecret; warnings: readonly string[] }
  | { kind: "same" }
  | { kind: "left"; why: string }
  | { kind: "refused"; why: string; hint?: string }
);

export type TakeOptions = {
  /** ISO time of now. */
  at: string;
  /** 16 random bytes in base64 for a password's verifier. */
  salt: string;
  /** Take placeholders and short values too: an existing deployment may run on them. */
  acceptWeak: boolean;
};

/**
 * External values are the operator's and may change at any time. All others are taken once: exchanging them
 * without their consumers would refuse API keys, end sessions or lock the apps out of the database.
 */
export function ruleOn(
  config: Config,
  secrets: Secrets,
  { name, value }: { name: string; value: string },
  options: TakeOptions,
): Ruling {
  const secret = config.secret[name];
  if (secret === undefined) return { name, kind: "left", why: "is not in soloflow.toml" };
  const impossible = impossibleValue(value);
  if (impossible !== undefined) {
    return { name, kind: secret.optional === true ? "left" : "refused", why: impossible };
  }
  const read = readValue(config, name, secret, value, options);
  if ("why" in read) return { name, kind: "refused", ...read };
  const old = secrets[name];
  if (old !== undefined && sameValue(config, name, old, read.stored)) return { name, kind: "same" };
  const weak = read.check.map((text) => weakValue(secret.kind, text)).find((why) => why !== undefined);
  if (weak !== undefined && !options.acceptWeak) {
    const hint = "add --accept-weak where it is the value in use";
    return { name, kind: "refused", why: weak, hint };
  }
  if (old !== undefined && secret.kind !== "external") return alreadyThere(name, secret.kind);
  const warnings = weak === undefined ? read.warnings : [...read.warnings, `${weak}: rotate it soon`];
  return { name, kind: "take", stored: old === undefined ? read.stored : after(old, read.stored), warnings };
}

type Read = { stored: StoredSecret; check: readonly string[]; warnings: readonly string[] };
type NotRead = { why: string; hint?: string };

function readValue(
  config: Config,
  name: string,
  secret: SecretConfig,
  value: string,
  { at: createdAt, salt }: TakeOptions,
): Read | NotRead {
  if (secret.kind === "database") return readDatabase(config, name, secret, value, { createdAt, salt });
  if (secret.kind === "superuser") {
    if (!isPrintable(value)) return NOT_PRINTABLE;
    const version = { n: 1, value, createdAt, salt };
    return { stored: { kind: "superuser", versions: [version] }, check: [value], warnings: [] };
  }
  const list = acceptsList(secret) ? readVersionList(value) : { kind: "bare" as const };
  if (list.kind === "fault") return { why: list.why, hint: "give it as the apps that use it read it" };
  const [first, ...rest] = list.kind === "list" ? list.versions : [{ n: 1, value }];
  const versions = [{ ...first, createdAt }, ...rest.map((entry) => ({ ...entry, createdAt }))] as const;
  const isAlone = list.kind === "bare" && acceptsList(secret) && value.includes(",");
  const warnings = isAlone ? ["has a comma, so that no list can hold it beside a new value"] : [];
  return { stored: { kind: secret.kind, versions }, check: versions.map((entry) => entry.value), warnings };
}

/** An app that accepts one value gets it bare, whatever it looks like. */
function acceptsList({ kind, accepts }: SecretConfig): boolean {
  return kind !== "external" && accepts !== 1;
}

const NOT_PRINTABLE: NotRead = {
  why: "has a character that is not printable ASCII, which SCRAM would have to prepare",
  hint: "give the role a password of letters and digits first",
};

function readDatabase(
  config: Config,
  name: string,
  secret: SecretConfig,
  value: string,
  rest: { createdAt: string; salt: string },
): Read | NotRead {
  const { url, roles } = databaseSecret(config, name, secret);
  const found = readLogin(url, value);
  if (found === undefined) {
    return { why: "does not have the form of its url in soloflow.toml", hint: `the form is ${url}` };
  }
  const { elsewhere, ...login } = found;
  const ours = roles.includes(login.role);
  if (ours && !isPrintable(login.password)) return NOT_PRINTABLE;
  const warnings = elsewhere
    ? ["has another address or database than its url in soloflow.toml, which is what the app gets"]
    : [];
  if (!ours) {
    warnings.push(
      `logs in as ${JSON.stringify(login.role)}, which is none of its two roles: the agent leaves that role alone`,
    );
  }
  const version = { n: 1, value: login, ...rest };
  return { stored: { kind: "database", versions: [version] }, check: [login.password], warnings };
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}

function sameValue(config: Config, name: string, a: StoredSecret, b: StoredSecret): boolean {
  return a.kind === "database" || b.kind === "database"
    ? JSON.stringify(a.versions[0].value) === JSON.stringify(b.versions[0].value)
    : deliveredText(config, name, a) === deliveredText(config, name, b);
}

/** An external value after another: its number goes on. */
function after(old: StoredSecret, next: StoredSecret): StoredSecret {
  if (next.kind !== "external") return next;
  const n = Math.max(...old.versions.map((version) => version.n)) + 1;
  return { kind: "external", versions: [{ ...next.versions[0], n }] };
}

function alreadyThere(name: string, kind: SecretKind): Ruling {
  const why = `has another value already, and others depend on it (kind = "${kind}")`;
  return { name, kind: "refused", why, hint: "soloflow-agent secrets list says since when" };
}
