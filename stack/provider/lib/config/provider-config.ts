import { EXTERNAL_FORMS, EXTERNAL_PAIRS } from "./external-names.ts";
import { type Environment, namedValue, type ReadText } from "./named-value.ts";
import { parseVersionedSecrets, type VersionedSecrets } from "./versioned-secrets.ts";

export type OAuthClient = { readonly clientId: string; readonly clientSecret: string };
export type SocialProvider = "google" | "github";

export type ProviderConfig = {
  readonly databaseUrl: string;
  /** Where customers reach the provider: decides the cookies' Secure flag and the OAuth return address. */
  readonly baseUrl: URL;
  /** Further origins whose pages may call the API, each `scheme://host[:port]`. */
  readonly trustedOrigins: readonly string[];
  readonly authSecrets: VersionedSecrets;
  readonly peppers: VersionedSecrets;
  readonly social: Readonly<Partial<Record<SocialProvider, OAuthClient>>>;
};

export type ConfigReading = { config: ProviderConfig | undefined; faults: string[]; warnings: string[] };

/** Better Auth's own advice, and what `openssl rand -base64 32` is well above. */
const MIN_AUTH_SECRET = 32;
/** Keys carry 190 random bits of their own; the pepper only has to be no guess. */
const MIN_PEPPER = 16;

/**
 * Reads the whole configuration and reports every fault at once. `config` is
 * there exactly when `faults` is empty. No fault or warning quotes a value.
 */
export function readProviderConfig(env: Environment, readText: ReadText): ConfigReading {
  const faults: string[] = [];
  const warnings: string[] = [];
  const get = (name: string): string | undefined => {
    const { value, fault } = namedValue(env, readText, name);
    if (fault) faults.push(fault);
    return value;
  };

  const databaseUrl = readDatabaseUrl(get("DATABASE_URL"), faults);
  const authList = get("BETTER_AUTH_SECRETS");
  const authSecrets = authList
    ? readSecrets("BETTER_AUTH_SECRETS", authList, MIN_AUTH_SECRET, faults)
    : readSecrets("BETTER_AUTH_SECRET", get("BETTER_AUTH_SECRET"), MIN_AUTH_SECRET, faults);
  const peppers = readSecrets("API_KEY_PEPPER", get("API_KEY_PEPPER"), MIN_PEPPER, faults);
  const baseUrl = readOrigin("BETTER_AUTH_URL", get("BETTER_AUTH_URL") ?? "http://localhost:3000", faults);
  const trustedOrigins = (get("BETTER_AUTH_TRUSTED_ORIGINS") ?? "")
    .split(",")
    .filter((entry) => entry.trim() !== "")
    .map((entry) => readOrigin("BETTER_AUTH_TRUSTED_ORIGINS", entry.trim(), faults)?.origin ?? "");
  const social = { ...oauth("google", "GOOGLE", get), ...oauth("github", "GITHUB", get) };
  warnings.push(...externalWarnings(get));

  const complete = databaseUrl && authSecrets && peppers && baseUrl && faults.length === 0;
  const config = complete
    ? { databaseUrl, baseUrl, trustedOrigins, authSecrets, peppers, social }
    : undefined;
  return { config, faults: [...new Set(faults)], warnings };
}

/** DATABASE_URL, or undefined with the fault noted: `migrate.mjs` needs this one and no other. */
export function readDatabaseUrl(text: string | undefined, faults: string[]): string | undefined {
  if (!text) {
    faults.push("DATABASE_URL: missing; it has the form postgres://ROLE:PASSWORD@HOST:5432/NAME");
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const right = url && /^postgres(ql)?:$/.test(url.protocol) && url.hostname && url.pathname.length > 1;
  if (!right) faults.push("DATABASE_URL: not of the form postgres://ROLE:PASSWORD@HOST:5432/NAME");
  return right ? text : undefined;
}

function readSecrets(
  name: string,
  text: string | undefined,
  minLength: number,
  faults: string[],
): VersionedSecrets | undefined {
  if (!text) {
    faults.push(`${name}: missing; make one with \`openssl rand -base64 48\``);
    return undefined;
  }
  const parsed = parseVersionedSecrets(text);
  if ("fault" in parsed) {
    faults.push(`${name}: ${parsed.fault}`);
    return undefined;
  }
  // Only the one that issues: a weak old one must stay readable to be rotated away.
  const { version, value } = parsed.secrets[0];
  if (value.length >= minLength) return parsed.secrets;
  faults.push(`${name}: version ${version} has ${value.length} characters, it needs ${minLength} or more`);
  return undefined;
}

function readOrigin(name: string, text: string, faults: string[]): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === "/" && !url.search && !url.hash) return url;
  faults.push(`${name}: not an address of the form https://example.com or http://localhost:3000`);
  return undefined;
}

function oauth(
  provider: SocialProvider,
  prefix: string,
  get: (name: string) => string | undefined,
): Partial<Record<SocialProvider, OAuthClient>> {
  const clientId = get(`${prefix}_CLIENT_ID`);
  const clientSecret = get(`${prefix}_CLIENT_SECRET`);
  return clientId && clientSecret ? { [provider]: { clientId, clientSecret } } : {};
}

function externalWarnings(get: (name: string) => string | undefined): string[] {
  const odd = Object.entries(EXTERNAL_FORMS).flatMap(([name, { form, says }]) => {
    const value = get(name);
    return value && !form.test(value) ? [`${name}: not of its usual form, ${says}`] : [];
  });
  const halves = EXTERNAL_PAIRS.flatMap(([one, other]) => {
    if (Boolean(get(one)) === Boolean(get(other))) return [];
    return [`${get(one) ? other : one}: missing, so ${get(one) ? one : other} is of no use`];
  });
  return [...odd, ...halves];
}
