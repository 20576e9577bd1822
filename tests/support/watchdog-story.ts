import type {
  Hold,
  ServicePolicy,
  WatchAction,
  WatchEvent,
  WatchPolicy,
} from "../../agent/plan/watchdog/model.ts";
import { initialState, revive, type WatchState } from "../../agent/plan/watchdog/state.ts";
import { DEFAULTS } from "../../agent/plan/watchdog/watch-policy.ts";
import { decide, nextLook, nextProbe, phaseOf } from "../../agent/plan/watchdog.ts";
import { type Box, Machine } from "./watchdog-machine.ts";

type Distributed<T> = T extends unknown ? Omit<T, "at" | "random"> : never;
export type Happening = Distributed<WatchEvent>;
export type Done<T extends WatchAction["type"] = WatchAction["type"]> = Extract<WatchAction, { type: T }> & {
  at: number;
};
export type ServiceSettings = Partial<ServicePolicy> & { box?: Partial<Box>; standby?: boolean };

const RECONCILE_MS = 10_000;
const TICK_MS = 500;
/** The engine tells a change, and the list that follows it is there, this much later. */
const EVENT_MS = 5;
const START = 1_700_000_000_000;

/**
 * A machine and the reducer on it, as the agent runs them: probes at the pace of `nextLook`, a list at each change and
 * every 10 s, a tick between. `seen` is told every event with what came before and after it.
 */
export class Story {
  readonly machine = new Machine(START);
  readonly policy: WatchPolicy;
  readonly done: Done[] = [];
  state: WatchState = initialState(START);
  holds: Hold[] = [];
  engineUp = true;
  /** The number between 0 and 1 that comes with the next events. */
  random = 0.5;
  events = 0;
  seen: (event: WatchEvent, before: WatchState, actions: readonly WatchAction[]) => void = () => {};
  /** What becomes of the next restarts instead of being done. */
  readonly failures: ("moot" | "failed" | "unseen")[] = [];
  /** How long a restart takes until the container runs again. */
  restartMs = 200;
  /** How long it then waits for what it has started. */
  awaitMs = 0;
  readonly #lastBegan = new Map<string, number>();
  readonly #asking = new Set<string>();
  #epoch = 0;
  #listAt = START;
  #tickAt = START;
  #listing = false;

  constructor(services: Record<string, ServiceSettings>, settings: Partial<WatchPolicy> = {}) {
    const policies = Object.entries(services).map(
      ([name, { mode, needs, probed, usual, standby, hasLive }]) => [
        name,
        {
          mode: mode ?? "restart",
          needs: needs ?? [],
          probed: probed ?? true,
          probe: "live",
          hasLive: hasLive ?? false,
          usual,
          standby,
        },
      ],
    );
    this.policy = { ...DEFAULTS, ...settings, services: Object.fromEntries(policies) };
    for (const [service, { box, standby }] of Object.entries(services)) {
      if (standby === true) {
        this.machine.add({ service, instance: `${service}-blue`, role: "serving", ...box });
        this.machine.add({ service, instance: `${service}-green`, role: "standby", ...box });
      } else this.machine.add({ service, ...box });
    }
    this.machine.onChange = () => this.#listSoon();
    for (const box of this.machine.boxes.values()) this.machine.start(box);
  }

  send(happening: Happening): void {
    const event = { ...happening, at: this.machine.now, random: this.random } as WatchEvent;
    const before = this.state;
    const { state, actions } = decide(this.policy, before, event);
    this.state = state;
    this.events += 1;
    this.seen(event, before, actions);
    for (const action of actions) {
      this.done.push({ ...action, at: this.machine.now });
      this.#perform(action);
    }
  }

  list(): void {
    if (!this.engineUp) return;
    this.#listAt = this.machine.now + RECONCILE_MS;
    const containers = [...this.machine.boxes.values()].map((box) => this.machine.facts(box));
    this.send({ type: "observed", containers, holds: this.holds });
  }

  /** Lets so much time pass, with every probe, list and tick in it. */
  run(ms: number): this {
    const end = this.machine.now + ms;
    while (this.machine.now < end) {
      const probe = this.#nextProbe();
      const at = Math.min(end, this.machine.nextAt, this.#listAt, this.#tickAt, probe?.at ?? end);
      this.machine.moveTo(Math.max(at, this.machine.now));
      if (this.#listAt <= this.machine.now) this.#reconcile();
      else if (this.#tickAt <= this.machine.now) this.#tick();
      else if (probe !== undefined && probe.at <= this.machine.now) this.#ask(probe.instance);
    }
    return this;
  }

  /** Passes over a time in which nothing happens: only its last round of looks is made. */
  skipTo(at: number): void {
    if (at <= this.machine.now) return;
    this.machine.moveTo(at);
    for (const instance of this.machine.boxes.keys())
      if (nextLook(this.policy, this.state, instance) !== undefined) this.#ask(instance);
    this.#listAt = this.machine.now;
    this.#tickAt = this.machine.now;
    this.run(20);
  }

  /** The agent is killed and started again: only what was stored is left. */
  killAgent(): this {
    this.#epoch += 1;
    this.#asking.clear();
    this.state = revive(JSON.parse(JSON.stringify(this.state.durable)), this.machine.now);
    this.list();
    return this;
  }

  hold(service: string, by: string): this {
    this.holds = [...this.holds, { service, by, since: this.machine.now }];
    this.list();
    return this;
  }

  release(service: string): this {
    this.holds = this.holds.filter((hold) => hold.service !== service);
    this.list();
    return this;
  }

  /** `docker stop` by a person: the engine tells of it before it is done. */
  personStops(instance: string): this {
    const box = this.machine.box(instance);
    this.send({ type: "stopping", instance, container: box.id });
    this.machine.stop(box);
    return this;
  }

  engine(up: boolean): this {
    this.engineUp = up;
    this.send({ type: "engine", reachable: up });
    return this;
  }

  box(instance: string): Box {
    return this.machine.box(instance);
  }

  phase(service: string): string | undefined {
    return phaseOf(this.state, service);
  }

  of<T extends WatchAction["type"]>(type: T): Done<T>[] {
    return this.done.filter((action): action is Done<T> => action.type === type);
  }

  #listSoon(): void {
    if (this.#listing) return;
    this.#listing = true;
    this.machine.in(EVENT_MS, () => {
      this.#listing = false;
      this.list();
    });
  }

  #reconcile(): void {
    this.#listAt = this.machine.now + RECONCILE_MS;
    this.list();
  }

  #tick(): void {
    this.#tickAt = this.machine.now + TICK_MS;
    this.send({ type: "tick" });
  }

  #nextProbe(): { instance: string; at: number } | undefined {
    let next: { instance: string; at: number } | undefined;
    for (const instance of this.machine.boxes.keys()) {
      const pause = this.#asking.has(instance) ? undefined : nextLook(this.policy, this.state, instance);
      if (pause === undefined) continue;
      const at = Math.max((this.#lastBegan.get(instance) ?? 0) + pause, this.machine.now);
      if (next === undefined || at < next.at) next = { instance, at };
    }
    return next;
  }

  #ask(instance: string): void {
    const box = this.machine.box(instance);
    const { id: container, startedAt } = box;
    const began = this.machine.now;
    const epoch = this.#epoch;
    const watched = this.state.live.instances[instance];
    const asked = watched && nextProbe({ policy: this.policy, live: this.state.live }, watched);
    const { verdict, takesMs } = this.machine.probe(box, asked);
    this.#lastBegan.set(instance, began);
    this.#asking.add(instance);
    this.machine.in(takesMs, () => {
      if (epoch !== this.#epoch) return;
      this.#asking.delete(instance);
      this.send({ type: "probed", instance, container, startedAt, began, verdict, ...(asked && { asked }) });
    });
  }

  #perform(action: WatchAction): void {
    if (action.type === "docker-restarts") {
      const box = this.machine.box(action.instance);
      if (box.id === action.container) box.dockerRestarts = action.allow;
    }
    if (action.type === "restart") this.#restart(action);
    if (action.type === "flip") this.#flip(action);
  }

  #restart({ id, instance, container, startedAt }: Extract<WatchAction, { type: "restart" }>): void {
    const box = this.machine.box(instance);
    const acted = (outcome: Extract<WatchEvent, { type: "acted" }>["outcome"]) =>
      this.send({ type: "acted", action: id, outcome });
    const failure = this.failures.shift();
    const moot = box.id !== container || box.startedAt !== startedAt || box.state === "paused";
    this.machine.in(this.restartMs, () => {
      if (moot || failure === "moot") return acted({ kind: "moot", why: "another one" });
      if (failure === "failed") return acted({ kind: "failed", why: "no answer" });
      if (failure !== "unseen") this.machine.startByHand(box);
      if (this.awaitMs > 0) this.send({ type: "started", action: id });
      this.machine.in(20 + this.awaitMs, () => acted({ kind: "done", how: "in-place", container: box.id }));
    });
  }

  #flip({ id, service, instance, container }: Extract<WatchAction, { type: "flip" }>): void {
    this.machine.in(20, () => {
      for (const box of this.machine.boxes.values())
        if (box.service === service) box.role = box.instance === instance ? "serving" : "standby";
      this.send({ type: "acted", action: id, outcome: { kind: "done", how: "standby", container } });
    });
  }
}
