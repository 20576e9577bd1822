import { reason } from "../../core/errors.ts";
import type { EngineEvent } from "../../host/engine/events.ts";
import type { Telling } from "../../host/unix-server.ts";
import { LABEL } from "../../plan/labels.ts";
import type { WatchAction } from "../../plan/watchdog/model.ts";
import { NO_SETTINGS } from "../../plan/watchdog/settings.ts";
import { phaseOf } from "../../plan/watchdog.ts";
import type { Acting } from "./act/acting.ts";
import { Hands } from "./act/hands.ts";
import { PromisedMemory } from "./act/promised-memory.ts";
import { agreeIncidents } from "./agree-incidents.ts";
import { Brain, type Happening } from "./brain.ts";
import { choresOf } from "./chores.ts";
import { Chronicle } from "./chronicle.ts";
import { coalesced } from "./coalesced.ts";
import { ContainerBook } from "./container-book.ts";
import { performer } from "./deeds.ts";
import { keptRecords } from "./kept-records.ts";
import { type Look, Looks } from "./looks.ts";
import { OwnStops } from "./own-stops.ts";
import { policyNow } from "./policy-now.ts";
import { pressed } from "./pressed.ts";
import { pulse } from "./pulse.ts";
import { putRight } from "./put-right.ts";
import { watchEngine } from "./sight.ts";
import { countedAnswers } from "./sign-of-life.ts";
import { lifeClock } from "./steady-clock.ts";
import { Teller } from "./teller.ts";
import { resumePath, watchDocument } from "./telling.ts";
import { UsualTimes } from "./usual-times.ts";
import { PARTING_MS, TIMEOUT_MS, TRIM_ROUNDS } from "./watch-times.ts";
import type { WatchdogParts } from "./watchdog-parts.ts";
import { World } from "./world.ts";

/** One watchdog at work: what is seen becomes events, what is decided is done, and the ends of it are events again. */
export class Watchdog {
  readonly #parts: WatchdogParts;
  readonly #brain: Brain;
  readonly #world: World;
  readonly #book: ContainerBook;
  readonly #looks: Looks;
  readonly #chores: () => void;
  readonly #hands: Hands;
  readonly #chronicle: Chronicle;
  readonly #teller: Teller;
  readonly #stops: OwnStops;
  readonly #label: string;
  readonly #answers = new Map<string, string>();
  readonly #usual: UsualTimes;
  /** What it tells to whoever asks, and what it hears from an operator, by path. */
  readonly tells: Record<string, Telling>;
  readonly hears: Record<string, Telling>;
  /** Whether the policy in force is that of a state that cannot be written. */
  #isMute = false;
  readonly #observe: () => Promise<void>;
  #rounds = 0;

  constructor(parts: WatchdogParts) {
    const { host, project, memory, steady, speak, state } = parts;
    const began = lifeClock(steady, Object.values(state.durable.lives));
    this.#parts = parts;
    this.#usual = new UsualTimes(memory);
    this.#stops = new OwnStops(host.clock.now);
    this.#observe = coalesced(() => this.#catchUp(), parts.signal);
    this.#label = `${LABEL.composeProject}=${project.name}`;
    const changed = () => void this.#observe();
    this.#book = new ContainerBook(host, this.#label, { changed, signal: parts.signal });
    this.#world = new World({ ...{ host, project, memory, steady, began }, book: this.#book });
    this.#teller = new Teller({ ...parts, settings: () => this.#world.model?.settings ?? NO_SETTINGS });
    this.#chronicle = new Chronicle({
      ...{ host, memory, speak, at: steady.at },
      container: (instance) => this.#world.seen(instance)?.container,
      lastAnswer: (instance) => this.#answers.get(instance),
      endLately: (container) => this.#book.endLately(container),
      alert: (action) => this.#teller.alert(action),
    });
    this.#hands = new Hands({
      ...{ speak, acting: this.#acting(began), post: (happening) => this.#brain.post(happening) },
      evidence: (incident) => this.#chronicle.evidence(incident),
      look: (container) => this.#book.look(container).then(() => this.#observe()),
      done: ({ service }, how) => this.#teller.metrics.restarted(service, how),
    });
    this.#brain = new Brain({
      ...{ state, memory, steady, random: Math.random, policy: policyNow(undefined, this.#usual, memory) },
      records: (actions, at) => keptRecords(actions, at, (store, alert) => this.#teller.keep(store, alert)),
      perform: performer({
        ...{ hands: this.#hands, chronicle: this.#chronicle, metrics: this.#teller.metrics },
        measured: (service) => this.#measured(service),
      }),
      decided: (happening, actions) => this.#decided(happening, actions),
    });
    this.#looks = this.#newLooks();
    const alert = this.#teller.alert.bind(this.#teller);
    this.#chores = choresOf({ ...parts, world: this.#world, brain: this.#brain, alert });
    const since = host.clock.now();
    this.tells = {
      "/state": () => watchDocument(this.#brain.policy, this.#brain.state, { since, fault: memory.fault }),
      "/metrics": () => this.#teller.metricsText(),
    };
    this.hears = { [resumePath(undefined)]: () => this.#resume(this.#services()) };
  }

  /** Resolves after the signal, when what was under way has ended or was left to the next one. */
  async run(): Promise<void> {
    const { engine, clock } = this.#parts.host;
    const pulsing = pulse(clock, this.#parts.signal, (lateMs) => this.#tick(lateMs));
    try {
      await watchEngine({
        ...{ host: { engine, clock }, label: this.#label, book: this.#book },
        ...{ signal: this.#parts.signal, event: (event) => this.#noteEvent(event) },
        engine: (reachable) => {
          this.#teller.metrics.engine(reachable);
          this.#brain.post({ type: "engine", reachable });
        },
        reconciled: () => this.#reconciled(),
      });
    } finally {
      this.#looks.stop();
      await pulsing;
      await Promise.race([this.#hands.idle(), clock.sleep(PARTING_MS)]);
      await this.#teller.close();
    }
  }

  #acting(began: Acting["began"]): Acting {
    const { host, project, memory, exec, progress, signal, steady } = this.#parts;
    return {
      ...{ host, project, memory, began, signal, exec, progress, at: steady.at },
      model: () => this.#world.model,
      seen: (instance) => this.#world.seen(instance),
      serving: (service) => this.#world.serving(service),
      containers: () => this.#book.containers(),
      isStoppedByPerson: (name) =>
        this.#brain.state.durable.lives[name]?.person !== undefined ||
        this.#stops.isAsked(this.#world.seen(name)?.container.id ?? ""),
      chosen: (action, how, why) => this.#chronicle.chosen(action, how, why),
      touching: (container) => this.#stops.touching(container),
      promised: new PromisedMemory(),
    };
  }

  #tick(lateMs: number): void {
    this.#teller.metrics.lagged(lateMs);
    if (lateMs > this.#brain.policy.lagMs) this.#brain.post({ type: "lagged", lateMs: Math.round(lateMs) });
    this.#brain.post({ type: "tick" });
    if (this.#world.isHeldOtherwise()) void this.#observe();
    this.#teller.tick();
  }

  #noteEvent(event: EngineEvent): void {
    const watched = this.#world.watched.find(({ container }) => container.id === event.id);
    if (watched === undefined) return;
    const { instance } = watched.facts;
    if (event.action === "oom") this.#brain.post({ type: "oom", instance, container: event.id });
    if (this.#stops.isForeign(event, watched.container))
      this.#brain.post({ type: "stopping", instance, container: event.id });
  }

  /** Something was looked at: the whole is put together anew, and decided about. */
  async #catchUp(): Promise<void> {
    const { watched, holds, isNew } = await this.#world.refresh();
    if (isNew) this.#measured();
    this.#brain.post({ type: "observed", containers: watched.map(({ facts }) => facts), holds });
    this.#looks.see(this.#world.asked());
  }

  async #reconciled(): Promise<void> {
    const { host, memory, speak, complaints } = this.#parts;
    memory.mend();
    this.#heed();
    const pressure = await pressed(host, this.#parts.project.paths.state, complaints);
    if (pressure !== undefined) this.#brain.post(pressure);
    await this.#observe();
    const isFirst = this.#rounds === 0;
    if (isFirst) this.#hands.takeOver();
    await putRight(this.#parts, this.#world.watched);
    host.notify.send(isFirst ? "READY=1\nWATCHDOG=1" : "WATCHDOG=1");
    if (isFirst) speak("info", "watching", { services: this.#services().length });
    this.#teller.reconciled();
    this.#chores();
    if (this.#rounds % TRIM_ROUNDS === 1) this.#parts.trim();
    this.#rounds += 1;
  }

  /** The policy anew: a deploy has changed it, a start was measured, or the state can(not) be written any more. */
  #learn(): void {
    const { memory } = this.#parts;
    this.#isMute = memory.fault !== undefined;
    this.#brain.policy = policyNow(this.#world.model, this.#usual, memory);
    for (const service of this.#services()) this.hears[resumePath(service)] = () => this.#resume([service]);
  }

  #measured(service?: string): void {
    this.#usual.learn(service);
    this.#learn();
  }

  /** At once: what cannot be written down must not be decided again and again. */
  #heed(): void {
    const { memory, steady } = this.#parts;
    if (this.#isMute === (memory.fault !== undefined)) return;
    this.#learn();
    // What began or ended while it could not be written is written now.
    agreeIncidents(memory, this.#brain.state, steady.at());
  }

  #services(): string[] {
    return Object.keys(this.#brain.policy.services);
  }

  /** An operator's word: closes circuits, and tries at once. */
  async #resume(services: readonly string[]): Promise<{ resumed: readonly string[] }> {
    await this.#observe();
    for (const service of services) this.#brain.post({ type: "resumed", service });
    return { resumed: services };
  }

  #newLooks(): Looks {
    return new Looks({
      host: this.#parts.host,
      interval: (instance) => this.#brain.nextLook(instance),
      timeoutMs: () => this.#world.model?.settings.timeoutMs ?? TIMEOUT_MS,
      lagMs: () => this.#brain.policy.lagMs,
      goodAnswers: countedAnswers(this.#parts.host, this.#parts.project),
      probed: (look) => this.#probed(look),
      lagged: (lateMs) => this.#brain.post({ type: "lagged", lateMs }),
      failed: (thrown) => this.#parts.speak("error", `a probe failed: ${reason(thrown)}`),
    });
  }

  #probed({ asked, kind, verdict, answer, began, tookMs }: Look): void {
    const { instance, container, startedAt = 0, service } = asked.watched.facts;
    if (verdict.kind !== "good") this.#answers.set(instance, answer.detail);
    this.#teller.metrics.probed(service, verdict.kind, tookMs);
    const { steady, host } = this.#parts;
    const start = steady.at() - Math.round(host.clock.monotonic() - began);
    this.#brain.post({ type: "probed", instance, container, startedAt, began: start, asked: kind, verdict });
  }

  /** When the next looks are due may have changed: for one container, or with a phase for others too. */
  #decided(happening: Happening, actions: readonly WatchAction[]): void {
    this.#heed();
    const { policy, state } = this.#brain;
    const isQuiet = actions.length === 0;
    if (isQuiet && happening.type === "tick") return;
    this.#looks.plan(isQuiet && happening.type === "probed" ? happening.instance : undefined);
    if (isQuiet) return;
    this.#teller.phases(Object.keys(policy.services).map((name) => [name, phaseOf(state, name)]));
  }
}
