import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { IncidentLevel } from "../../host/store/incidents.ts";
import type { Store } from "../../host/store/store.ts";
import type { AlertLevel, Remedy, WatchAction } from "../../plan/watchdog/model.ts";
import { gatherEvidence } from "./act/evidence.ts";
import type { Intended, Memory } from "./memory.ts";
import type { Loudness, Speak } from "./speak.ts";

type Action<Type extends WatchAction["type"]> = Extract<WatchAction, { type: Type }>;

type Incident<Change extends Action<"incident">["change"]> = Extract<Action<"incident">, { change: Change }>;

export type ChronicleParts = {
  host: Pick<Host, "engine" | "machine">;
  memory: Memory;
  speak: Speak;
  at(): number;
  container(instance: string): Container | undefined;
  /** Words of the last probe of an instance. */
  lastAnswer(instance: string): string | undefined;
  /** How the life before of a container ended, where that was just now. */
  endLately(container: Container): { exitCode?: number; oomKilled: boolean };
  alert(action: Action<"alert">): void;
};

const LOUD: readonly IncidentLevel[] = ["healed", "needs-you", "losing"];
const ALERT_LOUDNESS: Readonly<Record<AlertLevel, Loudness>> = {
  healed: "notice",
  "needs-you": "warning",
  losing: "error",
};
const TROUBLE = new Set(["unhealthy", "failed", "open", "engine-down"]);

/** Writes down, and says, what was decided. Nothing depends on it: what cannot be written is only said. */
export class Chronicle {
  readonly #parts: ChronicleParts;
  readonly #evidence = new Map<number, Promise<void>>();
  /** The open incident of each service, and whose it is. */
  readonly #open = new Map<string, { id: number; instance: string | undefined }>();

  constructor(parts: ChronicleParts) {
    this.#parts = parts;
  }

  /** Resolves when what was seen at the opening of an incident is written down. */
  evidence(incident: number): Promise<void> {
    return this.#evidence.get(incident) ?? Promise.resolve();
  }

  /** What is about to be done. An agent that is killed over it knows by this what it had begun. */
  chosen({ service, instance, incident }: Intended, remedy: Remedy, why: string): void {
    this.#parts.speak("notice", `${instance}: ${remedy}, for ${why}`, { service, incident });
    this.#write(({ incidents }) => incidents.update(incident, { remedy }));
  }

  ready(action: Action<"ready">): void {
    const { speak } = this.#parts;
    const { service, image, ms, why } = action;
    speak("info", `${action.instance} ready after ${Math.round(ms)} ms`, { service, cause: why });
    // The deploy measures and records its own starts.
    if (why !== "deploy")
      this.#write(({ readiness }, at) => readiness.record({ service, image, at, ms, cause: why }));
  }

  event({ service, from, to, cause }: Action<"event">): void {
    const loudness = TROUBLE.has(to) ? "warning" : "info";
    this.#parts.speak(loudness, `${service} ${to}: ${cause}`, { service, from, to });
    this.#write(({ events }, at) => events.add({ at, service, from, to, cause }));
    // What brought a person in is the last fault, not the one that the incident began with.
    const incident = to === "open" ? this.#open.get(service) : undefined;
    if (incident !== undefined) this.#gather(incident.id, incident.instance);
  }

  alert(action: Action<"alert">): void {
    const { speak, alert } = this.#parts;
    const { level, service, incident, next } = action;
    speak(ALERT_LOUDNESS[level], `${service}: ${action.cause}`, { service, level, incident, next });
    if (incident !== undefined) this.#write(({ incidents }) => raise(incidents, incident, level));
    alert(action);
  }

  incident(action: Action<"incident">): void {
    switch (action.change) {
      case "opened":
        this.#opened(action);
        break;
      case "would-restart":
        this.#wouldRestart(action);
        break;
      case "closed":
        this.#close(action);
        break;
      default:
        action satisfies never;
    }
  }

  #wouldRestart({ instance, service, incident, cause }: Incident<"would-restart">): void {
    this.#parts.speak("notice", `${instance} would be restarted: ${cause}`, { service, incident });
    this.#write(({ incidents }) => incidents.update(incident, { cause }));
  }

  #opened(action: Incident<"opened">): void {
    const { incident: id, service, cause, instance, detectedMs, report } = action;
    this.#parts.speak("warning", `incident ${id} of ${service}: ${cause}`, { service, incident: id });
    this.#write(({ incidents }, at) => {
      incidents.open({ id, service, at, level: "healed", cause, report });
      incidents.update(id, { detectedMs });
    });
    this.#open.set(service, { id, instance });
    this.#gather(id, instance);
  }

  #gather(id: number, instance = ""): void {
    const { host, container: find, lastAnswer, endLately } = this.#parts;
    const container = find(instance);
    if (container === undefined) return;
    const probe = lastAnswer(instance);
    const seen = gatherEvidence(host, container, { probe, endLately: () => endLately(container) });
    this.#evidence.set(
      id,
      seen.then((evidence) => this.#write(({ incidents }) => incidents.update(id, { evidence }))),
    );
  }

  #close({ incident, service, cause, lostMs, remedy }: Incident<"closed">): void {
    this.#evidence.delete(incident);
    this.#open.delete(service);
    this.#parts.speak("notice", `incident ${incident} of ${service} is over: ${cause}`, {
      ...{ service, incident, lost_ms: Math.round(lostMs), remedy },
    });
    const how = remedy === undefined ? {} : { remedy };
    this.#write(({ incidents }, at) => incidents.close(incident, { at, lostMs, ...how }));
  }

  #write(write: (store: Store, at: number) => unknown): void {
    this.#parts.memory.attempt((store) => {
      write(store, this.#parts.at());
    });
  }
}

function raise(incidents: Store["incidents"], id: number, level: AlertLevel): void {
  const now = incidents.get(id);
  if (now !== undefined && LOUD.indexOf(level) > LOUD.indexOf(now.level)) incidents.update(id, { level });
}
