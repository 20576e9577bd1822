import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Web } from "../../host/web.ts";
import type { SecretReader } from "./alert-secret.ts";
import { judged, type Sent } from "./send.ts";
import { urlOf } from "./url-of.ts";

const EVERY_MS = 60_000;
/** After a ping that failed. */
const AGAIN_MS = 15_000;
const TRY_MS = 10_000;

type DeadManParts = {
  host: Pick<Host, "clock">;
  web: Web;
  read: SecretReader;
  /** Called with each failure that is not the last one's again. */
  warn(line: string): void;
};

/**
 * Tells somebody outside that the watchdog works. It has no timer: only a reconcile that was completed makes it ping,
 * so that the agent, its loop, the engine and the machine must all be alive for it.
 */
export class DeadMan {
  readonly #parts: DeadManParts;
  #dueAt = -Infinity;
  #lastFault: string | undefined;

  constructor(parts: DeadManParts) {
    this.#parts = parts;
  }

  /**
   * To be called after each completed reconcile; returns at once, the promise resolves when a ping that was due has
   * ended, and never rejects. `setting`: the URL or the name of its secret; undefined where nobody listens.
   */
  async reconciled(setting: string | undefined, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts.host;
    if (setting === undefined || clock.monotonic() < this.#dueAt) return;
    this.#dueAt = clock.monotonic() + EVERY_MS;
    const sent = await ping(setting, this.#parts, signal);
    if (!sent.ok) this.#dueAt = Math.min(this.#dueAt, clock.monotonic() + AGAIN_MS);
    const fault = sent.ok ? undefined : sent.why;
    if (fault !== undefined && fault !== this.#lastFault)
      this.#parts.warn(`the dead-man ping does not get through: ${fault}`);
    this.#lastFault = fault;
  }
}

/** One ping, within 10 s. Redirects are followed: nothing is told to whoever answers. Never throws. */
export async function ping(
  setting: string,
  { web, read }: Pick<DeadManParts, "web" | "read">,
  signal: AbortSignal,
): Promise<Sent> {
  try {
    const url = await urlOf(setting, read);
    if (url === undefined) return { ok: false, why: `the secret ${setting} has no value` };
    return judged(
      await web({ method: "GET", url: url.reveal().trim(), follow: true }, { timeoutMs: TRY_MS, signal }),
    );
  } catch (thrown) {
    return { ok: false, why: reason(thrown) };
  }
}
