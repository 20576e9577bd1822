import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import { systemWeb, type Web } from "../../host/web.ts";
import { type Way, waysOf } from "../../plan/alerts/ways.ts";
import type { WatchAction } from "../../plan/watchdog/model.ts";
import type { ServicePhase } from "../../plan/watchdog/service-phase.ts";
import type { WatchSettings } from "../../plan/watchdog/settings.ts";
import { AlertQueue } from "../alerts/alert-queue.ts";
import { apartSecretReader } from "../alerts/apart-secret.ts";
import { DeadMan } from "../alerts/dead-man.ts";
import type { KnownProject } from "../known-project.ts";
import { createMetrics, type Metrics } from "../metrics/create-metrics.ts";
import { type MetricsListener, metricsListener } from "../metrics/metrics-listener.ts";
import type { Memory } from "./memory.ts";
import type { Speak } from "./speak.ts";

export type TellerParts = {
  host: Host;
  project: KnownProject;
  memory: Memory;
  settings: () => WatchSettings;
  speak: Speak;
  version: string;
  signal: AbortSignal;
};

/** Everybody who is told something outside of this machine's log: people, a dead-man service, Prometheus. */
export class Teller {
  readonly #parts: TellerParts;
  readonly #queue: AlertQueue;
  readonly #deadMan: DeadMan;
  readonly metrics: Metrics;
  #listener: { listen: string; open: MetricsListener } | undefined;

  constructor(parts: TellerParts, web: Web = systemWeb) {
    const { host, project, memory, settings, speak } = parts;
    this.#parts = parts;
    this.metrics = createMetrics({ version: parts.version, project: project.name });
    const read = apartSecretReader(host, project.name);
    const warn = (line: string) => speak("warning", line);
    this.#queue = new AlertQueue({
      ...{ host, web, read, project: project.name, warn, metrics: this.metrics },
      ...{ store: () => memory.store(), settings: () => settings().alerts },
    });
    this.#deadMan = new DeadMan({ host, web, read, warn });
  }

  phases(all: readonly (readonly [service: string, phase: ServicePhase | undefined])[]): void {
    const known = all.flatMap(([service, phase]) => (phase === undefined ? [] : [[service, phase] as const]));
    this.metrics.states(new Map(known));
  }

  alert(action: Extract<WatchAction, { type: "alert" }>): void {
    this.#queue.queue(action);
  }

  /** An alert that is decided, on the disk together with its decision; `alert` finds it there. */
  keep(store: Store, action: Extract<WatchAction, { type: "alert" }>): void {
    this.#queue.write(store, action);
  }

  /** Every second: what is due is sent in the background. */
  tick(): void {
    if (this.#ways().length > 0) void this.#queue.deliverDue(this.#parts.signal);
  }

  reconciled(): void {
    const { host, settings, signal } = this.#parts;
    this.metrics.reconciled(host.clock.now());
    void this.#deadMan.reconciled(settings().alerts.deadMan, signal);
    this.#listen(settings().metrics.listen);
  }

  async metricsText(): Promise<string> {
    if (this.#ways().length > 0) this.metrics.alertsPending(this.#queue.pending());
    return this.metrics.text();
  }

  async close(): Promise<void> {
    await this.#listener?.open.stop();
  }

  #ways(): Way[] {
    return waysOf(this.#parts.settings().alerts);
  }

  /** Where the last deploy said; a port that cannot be had is tried again with the next list. */
  #listen(listen: string | undefined): void {
    if (listen === this.#listener?.listen) return;
    void this.#listener?.open.stop();
    this.#listener = undefined;
    if (listen === undefined) return;
    try {
      this.#listener = { listen, open: metricsListener(listen, () => this.metricsText()) };
    } catch (thrown) {
      this.#parts.speak("warning", thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
}
