import { parseDuration } from "../../core/duration.ts";
import type { ComposeService } from "../compose-model.ts";

/** A probe as soloflow.toml writes it. */
export type WrittenProbe = ({ http: string } | { tcp: string } | { exec: string[] }) & { within?: string };

const DEFAULT_WITHIN_MS = 120_000;
const DEFAULT_INTERVAL_MS = 30_000;
const DEFAULT_RETRIES = 3;

/**
 * The readiness probe that says the same as a container's health check: a request by curl or wget, a port by nc,
 * pg_isready. undefined for all others, where Docker's own health stays the judge. A command that may carry a
 * password is never taken over.
 */
export function probeFromHealthcheck(health: ComposeService["healthcheck"]): WrittenProbe | undefined {
  if (health === undefined || health.disable === true || health.test === undefined) return undefined;
  const [form, ...rest] = health.test;
  const isShell = form === "CMD-SHELL";
  const words = (isShell ? rest.join(" ").split(/\s+/) : form === "CMD" ? rest : []).map(unescaped);
  const probe = httpProbe(words) ?? tcpProbe(words) ?? postgresProbe(words);
  const within = withinOf(health);
  return probe === undefined || within === undefined ? probe : { ...probe, within };
}

function httpProbe(words: readonly string[]): WrittenProbe | undefined {
  if (!words.some((word) => /(^|\/)(curl|wget)$/.test(word))) return undefined;
  for (const word of words) {
    const match =
      /^["']?http:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d{1,5}))?(\/[^\s"'?#|;&]*)?/.exec(
        word,
      );
    if (match !== null) return { http: `:${match[1] ?? "80"}${match[2] ?? "/"}` };
  }
  return undefined;
}

function tcpProbe(words: readonly string[]): WrittenProbe | undefined {
  const at = words.findIndex((word) => /^(localhost|127\.0\.0\.1)$/.test(word));
  const port = words[at + 1];
  if (words[0] !== "nc" || at === -1 || port === undefined || !/^\d{1,5}$/.test(port)) return undefined;
  return { tcp: `:${port}` };
}

/** `pg_isready` with its plain options; with variables of the container it needs that container's shell. */
function postgresProbe(words: readonly string[]): WrittenProbe | undefined {
  const end = words.findIndex((word) => /^(\|\||&&|;)$/.test(word));
  const command = end === -1 ? words : words.slice(0, end);
  if (command[0] === undefined || !/(^|\/)pg_isready$/.test(command[0])) return undefined;
  const plain = command.map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
  return { exec: plain.some((word) => /[$`]/.test(word)) ? ["sh", "-c", command.join(" ")] : plain };
}

/** The model is escaped for another reading by Compose. */
function unescaped(word: string): string {
  return word.replaceAll("$$", "$");
}

/** How long Docker would wait before it calls the container unhealthy, where that is longer than the default. */
function withinOf(health: Record<string, unknown>): string | undefined {
  const start = milliseconds(health.start_period) ?? 0;
  const interval = milliseconds(health.interval) ?? DEFAULT_INTERVAL_MS;
  const retries = typeof health.retries === "number" ? health.retries : DEFAULT_RETRIES;
  const whole = start + interval * retries;
  return whole > DEFAULT_WITHIN_MS ? `${Math.ceil(whole / 1_000)}s` : undefined;
}

function milliseconds(value: unknown): number | undefined {
  return typeof value === "string" ? parseDuration(value) : undefined;
}
