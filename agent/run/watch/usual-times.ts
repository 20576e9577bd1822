import type { Readiness } from "../../host/store/readiness.ts";
import type { Memory } from "./memory.ts";

type Usual = { p50Ms: number; p95Ms: number };

/** From start to ready as measured, of each service that was; kept, as a start changes only that of its service. */
export class UsualTimes {
  readonly #memory: Pick<Memory, "attempt">;
  readonly #known = new Map<string, Usual>();

  constructor(memory: Pick<Memory, "attempt">) {
    this.#memory = memory;
  }

  all(): Record<string, Usual> {
    return Object.fromEntries(this.#known);
  }

  /** Of one service, of all for undefined. What cannot be read stays as it was known. */
  learn(service?: string): void {
    this.#memory.attempt(({ readiness }) => {
      for (const name of service === undefined ? readiness.services() : [service])
        this.#read(readiness, name);
    });
  }

  #read(readiness: Readiness, service: string): void {
    const summary = readiness.summary(service);
    if (summary !== undefined) this.#known.set(service, { p50Ms: summary.p50Ms, p95Ms: summary.p95Ms });
  }
}
