import { isPlaceholder } from "../secrets-value.ts";

const SECRET =
  /(^|_)(SECRETS?|PASSWORD|PASSWD|PASS|PASSPHRASE|TOKEN|PEPPER|SALT|CREDENTIALS?|API_?KEY|PRIVATE_?KEY|SECRET_?KEY|ACCESS_?KEY|ENCRYPTION_?KEY|SIGNING_?KEY|AUTH_?KEY|LICENSE_?KEY)($|_(KEY|VALUE|OLD|NEW|PREVIOUS|V?\d+)$)/;

/** Names that speak of a secret without being one: where it lies, how long it is, what everybody may see. */
const NOT_ONE =
  /^NEXT_PUBLIC_|^VITE_|(^|_)PUBLIC(_|$)|PUBLISHABLE|_(FILE|PATH|URL|URI|HOST|PORT|TTL|LENGTH|NAME|ID|EXPIRY|EXPIRES|EXPIRES_IN|ALGORITHM|VERSION|ISSUER|HEADER|MIN|MAX|POLICY|ENABLED)$|^(NO|ALLOW|DISABLE|ENABLE|REQUIRE|SKIP)_|^POSTGRES_HOST_AUTH_METHOD$/;

const MOCK = /mock|dummy|build[-_ ]?(time|only)|not[-_ ]?(a[-_ ]?)?(real|secret)|fake|unused/i;

/** Whether an environment name says that its value is a secret: API_KEY_PEPPER, STRIPE_SECRET_KEY, POSTGRES_PASSWORD. */
export function isSecretName(name: string): boolean {
  const upper = name.toUpperCase().replace(/[.-]/g, "_");
  return SECRET.test(upper) && !NOT_ONE.test(upper);
}

/** Whether it signs or hashes what customers hold: short or empty it can be guessed, and their sessions and keys forged. */
export function isSigningSecret(name: string): boolean {
  return /(^|_)(AUTH|NEXTAUTH|SESSION|JWT|COOKIE)_SECRET$|PEPPER$/.test(name);
}

/** Whether a value says of itself that it is none: build-time-mock, sk_test_mock, changeme. */
export function isMock(value: string): boolean {
  return isPlaceholder(value) || MOCK.test(value);
}

/** The password in a URL such as postgres://app:PASSWORD@database:5432/app; undefined where none stands. */
export function passwordInUrl(value: string): string | undefined {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s@/]+)@/i.exec(value)?.[1];
  return password === undefined || password === "" ? undefined : password;
}

/** Whether the value of this name is, or carries, a secret. */
export function holdsSecret(name: string, value: string): boolean {
  return isSecretName(name) || passwordInUrl(value) !== undefined;
}
