import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import { leaseOn } from "../../plan/watchdog/holds.ts";
import type { Brain } from "./brain.ts";
import type { Speak } from "./speak.ts";
import type { World } from "./world.ts";

export type DriftParts = {
  host: Pick<Host, "prober">;
  world: Pick<World, "model" | "serving">;
  brain: Pick<Brain, "state" | "post">;
  speak: Speak;
  signal: AbortSignal;
};

/** Of rounds 10 s apart: once a minute. */
const EVERY_ROUNDS = 6;

/**
 * Compares what services accept of the secrets that they share. A rollout in between is no drift: what differs counts
 * when two looks in a row find it, with nobody exchanging containers at either.
 */
export class DriftWatch {
  readonly #parts: DriftParts;
  #round = 0;
  #differed = false;
  #told: string | undefined;

  constructor(parts: DriftParts) {
    this.#parts = parts;
  }

  /** Another round; resolves when what it has set off is done. Never rejects. */
  async reconciled(): Promise<void> {
    this.#round += 1;
    if (this.#round % EVERY_ROUNDS !== 0) return;
    await this.#look().catch((thrown) => this.#parts.speak("error", reason(thrown)));
  }

  async #look(): Promise<void> {
    const { world, brain, signal } = this.#parts;
    const units = world.model?.units.filter(({ fingerprints }) => fingerprints !== undefined);
    if (units === undefined) return;
    // One alone has nobody to differ from.
    if (units.length < 2) return this.#tell([]);
    const isAnyHeld = () => units.some(({ service }) => leaseOn(brain.state, service) !== undefined);
    const causes = isAnyHeld() ? undefined : await this.#compare(units);
    if (signal.aborted) return;
    if (causes === undefined || isAnyHeld()) {
      this.#differed = false;
      return;
    }
    if (causes.length === 0 || this.#differed) this.#tell(causes);
    this.#differed = causes.length > 0;
  }

  async #compare(units: readonly DeployedUnit[]): Promise<string[] | undefined> {
    const { host, world } = this.#parts;
    // Loaded only where a service tells fingerprints.
    const { lookAtFingerprints } = await import("./fingerprint-looks.ts");
    return lookAtFingerprints(host, units, (service) => world.serving(service)?.container);
  }

  #tell(causes: readonly string[]): void {
    const words = causes.join("; ");
    if (words === this.#told) return;
    this.#told = words;
    this.#parts.brain.post({ type: "drift", causes });
  }
}
