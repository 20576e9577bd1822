import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { localZone } from "../../host/local-zone.ts";
import { openTurn, type RotationSchedule } from "../../plan/rotate/open-turn.ts";
import type { WatchAction } from "../../plan/watchdog/model.ts";
import type { ServicePhase } from "../../plan/watchdog/service-phase.ts";
import type { KnownProject } from "../known-project.ts";
import type { Complaints } from "./complaints.ts";
import type { Memory } from "./memory.ts";
import type { Speak } from "./speak.ts";

export type RotationClockParts = {
  host: Pick<Host, "files" | "clock" | "exec" | "env">;
  project: KnownProject;
  memory: Pick<Memory, "attempt">;
  speak: Speak;
  complaints: Complaints;
  signal: AbortSignal;
  /** Whether anything is deployed, and what it says. */
  deployed: () => { settings: { rotation?: RotationSchedule } } | undefined;
  /** Whether somebody holds a service. */
  isHeld: () => boolean;
  phases: () => readonly (ServicePhase | undefined)[];
  alert: (action: Extract<WatchAction, { type: "alert" }>) => void;
};

/** Of rounds 10 s apart: once a minute. */
const EVERY_ROUNDS = 6;
/** From this round on a service that is still starting is no reason to wait with what was interrupted. */
const PATIENCE_ROUNDS = 30;

/**
 * Looks each minute whether it is time to see to rotations, and starts who does it: once in a window, and at the start
 * of a watchdog, as soon as all has come up, where one was interrupted or has soaked. It decrypts nothing and reads no
 * soloflow.toml.
 */
export class RotationClock {
  readonly #parts: RotationClockParts;
  #round = 0;
  #isStart = true;
  #startedAt: number | undefined;
  #isRunning = false;

  constructor(parts: RotationClockParts) {
    this.#parts = parts;
  }

  /** Another round; resolves when what it has started has ended. Never rejects. */
  async reconciled(): Promise<void> {
    const round = this.#round;
    this.#round += 1;
    if ((round % EVERY_ROUNDS !== 0 && !this.#isStart) || this.#isRunning) return;
    this.#isRunning = true;
    const { complaints } = this.#parts;
    await this.#look().then(
      () => complaints.over("rotations"),
      (thrown) => complaints.about("rotations", "error", reason(thrown)),
    );
    this.#isRunning = false;
  }

  async #look(): Promise<void> {
    const { host, deployed } = this.#parts;
    const settings = deployed()?.settings;
    if (settings === undefined) return;
    const now = host.clock.now();
    const isIn = openTurn(settings.rotation, this.#startedAt, now, localZone) !== undefined;
    if (!(this.#isStart || isIn) || !this.#isCalm()) return;
    if (await this.#isTime(settings.rotation, isIn)) await this.#start(now);
  }

  /** Nobody is at work, the engine answers, and after a boot the services have come up. */
  #isCalm(): boolean {
    const phases = this.#parts.phases();
    if (this.#parts.isHeld() || phases.includes("engine-down") || phases.includes("restarting")) return false;
    return !(this.#isStart && this.#round <= PATIENCE_ROUNDS && phases.includes("starting"));
  }

  async #isTime(schedule: RotationSchedule | undefined, isIn: boolean): Promise<boolean> {
    const { host, project, memory } = this.#parts;
    const rows = memory.attempt(({ rotations }) => rotations.open());
    if (rows === undefined) return false;
    const isStart = this.#isStart;
    this.#isStart = false;
    if (rows.length === 0 && !(isIn && schedule?.every === true)) return false;
    // Loaded only where it may be time.
    const { turnNow } = await import("../rotate/turn-now.ts");
    const store = { rotations: { open: () => rows } };
    return (await turnNow(host, project, { schedule, store, isStart })) !== undefined;
  }

  async #start(now: number): Promise<void> {
    const { host, project, speak, signal, alert } = this.#parts;
    this.#startedAt = now;
    speak("info", "it is time to look after rotations of secrets");
    const { startTurn } = await import("../rotate/start-turn.ts");
    const action = await startTurn(host, project, { signal });
    if (action === undefined) return;
    speak("error", action.cause, { next: action.next });
    alert({ type: "alert", ...action });
  }
}
