import * as z from "zod";
import { type Environment, plainValue, type ReadText, secretValue, UnreadableFile } from "./environment.ts";
import { type PepperList, parsePepperList } from "./pepper-list.ts";
import { parseUpstreamList, type UpstreamList } from "./upstream-list.ts";

export type GatewayConfig = Readonly<z.output<typeof SCHEMA>>;
export type ConfigReading =
  | { readonly kind: "read"; readonly config: GatewayConfig }
  | { readonly kind: "fault"; readonly faults: readonly string[] };

/** Services that the gateway answers itself. */
export const BUILT_IN_SERVICES: readonly string[] = ["service-1"];

/** The server closes a connection on which nothing moves for 255 s, whoever is to blame; see serve.ts. */
const MAX_SILENCE_MS = 250_000;

const SECRETS: readonly string[] = ["DATABASE_URL", "API_KEY_PEPPER"];

const SCHEMA = z.object({
  HOST: z.string().default("0.0.0.0"),
  PORT: integer(0, 65_535).default(8080),
  DATABASE_URL: z
    .string({ error: missing })
    .refine(isPostgresUrl, "is not postgres://role:password@host:port/database"),
  API_KEY_PEPPER: z.string({ error: missing }).transform(peppers),
  /** See rehash-on-use.ts. Six times the 150 s that a rollout waits by default: 120 s for ready, 30 s for drain. */
  PEPPER_BACK_AFTER_MS: integer(0, 1_000_000_000).default(900_000),
  UPSTREAMS: z.string().default("").transform(upstreams),
  /** Connecting, sending and waiting for the response's headers: the longest time without any progress. */
  UPSTREAM_TIMEOUT_MS: integer(1, MAX_SILENCE_MS).default(30_000),
  /** The longest silence within a response, which a stream of events may be. */
  UPSTREAM_IDLE_TIMEOUT_MS: integer(1, MAX_SILENCE_MS).default(240_000),
  /** 1 GiB: a body is never held whole, so this bounds abuse and not memory. */
  MAX_BODY_BYTES: integer(0, Number.MAX_SAFE_INTEGER).default(1_073_741_824),
  RATE_LIMIT_PER_SECOND: integer(1, 1_000_000).default(500),
  RATE_LIMIT_BURST: integer(1, 10_000_000).default(1000),
  CORS_ORIGINS: z.string().default("").transform(origins),
});

/**
 * Reads the whole configuration and reports every fault at once, each
 * `NAME: what is wrong`. An empty variable is as good as none, since Compose
 * passes `${NAME:-}` on. No fault quotes a secret.
 */
export function readGatewayConfig(env: Environment, readText: ReadText): ConfigReading {
  const faults: string[] = [];
  const values: Record<string, string | undefined> = {};
  for (const name of Object.keys(SCHEMA.shape)) {
    try {
      values[name] = SECRETS.includes(name) ? secretValue(env, readText, name) : plainValue(env, name);
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      faults.push(error.message);
    }
  }
  const unread = new Set(faults.map((fault) => fault.split("_FILE:")[0]));
  const parsed = SCHEMA.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    if (!unread.has(String(issue.path[0]))) faults.push(`${String(issue.path[0])}: ${issue.message}`);
  }
  return parsed.success && faults.length === 0
    ? { kind: "read", config: parsed.data }
    : { kind: "fault", faults };
}

function missing(): string {
  return "is not set; give it, or its file's path in the name that ends in _FILE";
}

/** A whole number in decimal digits from `min` to `max`; anything else is a fault. */
function integer(min: number, max: number) {
  const error = `is not a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, error);
}

/** Whether the driver could make something of it: what it would throw at is a fault here. */
function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !["postgres:", "postgresql:"].includes(url.protocol) || url.hostname === "") return false;
  try {
    decodeURIComponent(url.username + url.password + url.pathname);
    return true;
  } catch {
    return false;
  }
}

function peppers(text: string, context: z.RefinementCtx): PepperList {
  const reading = parsePepperList(text);
  if (reading.kind === "read") return reading.peppers;
  context.addIssue(reading.fault);
  return z.NEVER;
}

function upstreams(text: string, context: z.RefinementCtx): UpstreamList {
  const reading = parseUpstreamList(text, BUILT_IN_SERVICES);
  if (reading.kind === "read") return reading.upstreams;
  for (const fault of reading.faults) context.addIssue(fault);
  return z.NEVER;
}

/** Exact origins as a browser sends them; no wildcard, since a key is worth more than a convenience. */
function origins(text: string, context: z.RefinementCtx): ReadonlySet<string> {
  const entries = text.split(",").map((entry) => entry.trim());
  const wanted = entries.filter((entry) => entry !== "");
  for (const entry of wanted) {
    const origin = URL.parse(entry)?.origin;
    if (origin !== entry) context.addIssue(`"${entry}" is not an origin such as https://example.com`);
  }
  return new Set(wanted);
}
