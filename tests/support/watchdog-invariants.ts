import type { WatchAction, WatchEvent } from "../../agent/plan/watchdog/model.ts";
import type { WatchState } from "../../agent/plan/watchdog/state.ts";
import type { Story } from "./watchdog-story.ts";

type Restart = Extract<WatchAction, { type: "restart" }> & { at: number; isTry: boolean; ended: string };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A look takes a second, and what it saw may have passed when its result is there. */
const LOOK_MS = 2 * SECOND;

/** Watches a story event by event and throws at the first promise that is broken. */
export class Invariants {
  readonly #story: Story;
  readonly #restarts: Restart[] = [];
  /** When a container was last seen not to serve, and since when one has not. */
  readonly #badAt = new Map<string, number>();
  readonly #badSince = new Map<string, number>();
  readonly #told = new Map<number, Set<string>>();
  readonly #open = new Map<string, { incident: number; since: number }>();
  readonly #ids = new Set<number>();
  readonly #forgiven = new Map<string, number>();
  pages = 0;
  incidents = 0;

  readonly #freeze: <T>(value: T) => T;

  /** `frozen: false` for long stories: what goes in is not made unchangeable, which costs most of the time. */
  constructor(story: Story, { frozen = true }: { frozen?: boolean } = {}) {
    this.#story = story;
    this.#freeze = frozen ? deepFreeze : (value) => value;
    story.seen = (event, before, actions) => this.#see(event, before, actions);
  }

  get restarts(): readonly Restart[] {
    return this.#restarts;
  }

  /** To be called whenever the world was changed by hand. */
  look(): void {
    const { machine } = this.#story;
    for (const [instance, box] of machine.boxes) {
      if (machine.serves(box) && !box.orphaned) this.#badSince.delete(instance);
      else {
        this.#badAt.set(instance, machine.now);
        if (!this.#badSince.has(instance)) this.#badSince.set(instance, machine.now);
      }
    }
  }

  #see(event: WatchEvent, before: WatchState, actions: readonly WatchAction[]): void {
    this.look();
    this.#freeze(before);
    this.#freeze(event);
    if (event.type === "acted") this.#ended(event.action, event.outcome.kind);
    if (event.type === "resumed") this.#forgiven.set(event.service, this.#story.machine.now);
    for (const action of actions) this.#judge(action, before);
    this.#freeze(this.#story.state);
  }

  #judge(action: WatchAction, before: WatchState): void {
    if (action.type === "restart" || action.type === "flip") {
      this.#fresh(action.id);
      this.#mayAct(action.service, action.instance);
    }
    if (action.type === "restart") this.#restart(action, before);
    if (action.type === "docker-restarts") {
      const box = this.#story.machine.box(action.instance);
      this.#mayAct(box.service, action.instance);
    }
    if (action.type === "alert") this.#alert(action);
    if (action.type === "incident") this.#incident(action);
  }

  #mayAct(service: string, instance: string): void {
    const { holds, engineUp, state, policy } = this.#story;
    const held = holds.some((hold) => hold.service === service || hold.service === "*");
    assert(!held, `acts on ${service}, which is held`);
    assert(engineUp, `acts on ${service} while the engine is down`);
    assert(state.durable.lives[instance]?.person === undefined, `acts on ${instance}, which a person holds`);
    assert(this.#story.machine.box(instance).state !== "paused", `acts on ${instance}, which is paused`);
    assert(policy.services[service]?.mode === "restart", `acts on ${service}, which is only reported on`);
  }

  #restart(action: Extract<WatchAction, { type: "restart" }>, before: WatchState): void {
    const { machine, policy } = this.#story;
    const { service, instance, container, startedAt } = action;
    const isTry = before.durable.services[this.#ledger(service, instance)]?.circuit !== undefined;
    const badAt = this.#badAt.get(instance) ?? 0;
    assert(machine.now - badAt <= LOOK_MS, `${instance} was well and is restarted`);
    for (const need of policy.services[service]?.needs ?? []) {
      const since = this.#badSince.get(need);
      const held = this.#story.holds.some((hold) => hold.service === need);
      const bad = !held && since !== undefined && machine.now - since > 5 * SECOND;
      assert(!bad, `${service} is restarted while ${need}, which it needs, is down`);
    }
    const again = this.#restarts.some(
      (other) => other.container === container && other.startedAt === startedAt && isOpenOrDone(other),
    );
    assert(!again, `one life of ${instance} is restarted twice`);
    this.#pace(service, instance, isTry);
    this.#restarts.push({ ...action, at: machine.now, isTry, ended: "" });
    this.#budget(service, instance, isTry);
  }

  #pace(service: string, instance: string, isTry: boolean): void {
    const { machine, policy, state } = this.#story;
    const last = this.#restarts.at(-1);
    assert(
      last === undefined || machine.now - last.at >= policy.spacingMs,
      "two restarts less than 10 s apart",
    );
    const under = state.durable.acts.filter(
      ({ what, started, since }) =>
        what === "restart" && started !== true && machine.now - since < policy.slotMs,
    );
    assert(under.length === 1, "two restarts stop and start at one time");
    const its = state.durable.acts.filter((act) => act.service === service);
    assert(its.length === 1, `two acts on ${service} are under way`);
    const forgiven = this.#forgiven.get(service) ?? 0;
    const tries = this.#restarts.filter(
      (one) => this.#isSameLedger(one, service, instance) && one.isTry && counts(one),
    );
    const lastTry = tries.filter(({ at }) => at > forgiven).at(-1);
    const image = this.#changedSince.get(service) ?? 0;
    if (isTry && lastTry !== undefined && image < lastTry.at)
      assert(machine.now - lastTry.at >= 30 * MINUTE, "an open circuit is tried too often");
  }

  /** When something of a service was changed that is worth a try at once. */
  readonly #changedSince = new Map<string, number>();
  changed(service: string): void {
    this.#changedSince.set(service, this.#story.machine.now);
  }

  #budget(service: string, instance: string, isTry: boolean): void {
    const { machine, policy } = this.#story;
    const since = (withinMs: number, of?: string) =>
      this.#restarts.filter(
        (one) =>
          counts(one) &&
          machine.now - one.at < withinMs &&
          (of === undefined ||
            (this.#isSameLedger(one, of, instance) && !one.isTry && one.at >= (this.#forgiven.get(of) ?? 0))),
      ).length;
    const { total, circuit } = policy;
    assert(since(total.withinMs) <= total.restarts, "more restarts than allowed over all services");
    for (const { restarts, withinMs } of isTry ? [] : circuit)
      assert(
        since(withinMs, service) <= restarts,
        `${service} is restarted more often than its circuit allows`,
      );
  }

  #ledger(service: string, instance: string): string {
    return this.#story.policy.services[service]?.standby === true ? instance : service;
  }

  #isSameLedger(one: Restart, service: string, instance: string): boolean {
    return one.service === service && this.#ledger(service, one.instance) === this.#ledger(service, instance);
  }

  #ended(id: number, kind: string): void {
    const restart = this.#restarts.find((one) => one.id === id);
    if (restart !== undefined) restart.ended = kind;
  }

  #alert({ level, incident, service }: Extract<WatchAction, { type: "alert" }>): void {
    if (level === "losing") this.pages += 1;
    if (incident === undefined) {
      assert(level === "healed", "an alert that belongs to no incident");
      return;
    }
    const told = this.#told.get(incident) ?? new Set();
    assert(!told.has(level), `${level} is told twice in one incident of ${service}`);
    this.#told.set(incident, told.add(level));
  }

  #incident(action: Extract<WatchAction, { type: "incident" }>): void {
    const { service, incident } = action;
    const { now } = this.#story.machine;
    if (action.change === "opened") {
      this.#fresh(incident);
      this.incidents += 1;
      assert(!this.#open.has(service), `a second incident of ${service} is open`);
      assert(action.detectedMs >= 0, "an incident detected before it began");
      this.#open.set(service, { incident, since: now - action.detectedMs });
    }
    const open = this.#open.get(service);
    assert(open?.incident === incident, `an incident of ${service} that was never opened`);
    if (action.change !== "closed" || open === undefined) return;
    this.#open.delete(service);
    assert(
      action.lostMs >= 0 && action.lostMs <= now - open.since,
      `${service} lost longer than its incident`,
    );
  }

  #fresh(id: number): void {
    assert(!this.#ids.has(id), `the number ${id} is given twice`);
    this.#ids.add(id);
  }
}

function isOpenOrDone({ ended }: Restart): boolean {
  return ended === "" || ended === "done";
}

function counts({ ended }: Restart): boolean {
  return ended !== "moot";
}

function assert(right: boolean, otherwise: string): void {
  if (!right) throw new Error(`broken: ${otherwise}`);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const each of Object.values(value)) deepFreeze(each);
  return value;
}
