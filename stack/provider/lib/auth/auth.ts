import { type BetterAuthOptions, betterAuth } from "better-auth";
import type { Pool } from "pg";
import { config } from "../config/config.ts";
import type { ProviderConfig } from "../config/provider-config.ts";
import { pool } from "../database/pool.ts";
import { describeError, log } from "../log.ts";
import { onceAProcess } from "../once-a-process.ts";
import { SESSION_SECONDS } from "./session-length.ts";
import { trustedOrigins } from "./trusted-origins.ts";

/** Attempts an address may make within ten seconds; people behind one router share them. */
const ATTEMPTS = { window: 10, max: 10 };

/** Better Auth as this process uses it, made at first use: a build has no configuration and no database. */
export function auth(): ReturnType<typeof createAuth> {
  return onceAProcess("auth", createAuth);
}

function createAuth() {
  return betterAuth(authOptions(config(), pool()));
}

/** How the provider uses Better Auth; also what a test asks it about the schema with. */
export function authOptions(settings: ProviderConfig, database: Pool) {
  return {
    appName: "SoloFlow",
    baseURL: settings.baseUrl.origin,
    database,
    secrets: [...settings.authSecrets],
    // What was encrypted before secrets had versions was encrypted with the bare one, which is version 1.
    secret: settings.authSecrets.find((entry) => entry.version === 1)?.value,
    trustedOrigins: (request?: Request) => trustedOrigins(settings, request?.headers.get("host")),
    emailAndPassword: { enabled: true, minPasswordLength: 8, maxPasswordLength: 128 },
    socialProviders: { ...settings.social },
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true },
    rateLimit: {
      enabled: true,
      storage: "memory",
      customRules: { "/sign-in/email": ATTEMPTS, "/sign-up/email": ATTEMPTS },
    },
    // The server writes this header itself, from the connection (client-address.ts).
    advanced: { ipAddress: { ipAddressHeaders: ["x-forwarded-for"] } },
    telemetry: { enabled: false },
    logger: { level: "warn", log: passOn },
  } satisfies BetterAuthOptions;
}

/** Better Auth's log line without its arguments, which hold e-mail addresses, but with the text of an error. */
function passOn(level: "debug" | "info" | "warn" | "error", message: string, ...args: unknown[]): void {
  const cause = args.find((arg) => arg instanceof Error);
  const facts = cause ? { source: "auth", error: describeError(cause) } : { source: "auth" };
  log(level === "debug" ? "info" : level, message, facts);
}
