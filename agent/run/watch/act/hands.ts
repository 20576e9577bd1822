import { reason } from "../../../core/errors.ts";
import { processStart } from "../../../host/process-life.ts";
import { worksOn } from "../../../host/works-on.ts";
import { ownRestartPolicy } from "../../../plan/own-restart-policy.ts";
import type { ActOutcome, Remedy, WatchAction } from "../../../plan/watchdog/model.ts";
import { WATCHDOG } from "../../lease.ts";
import type { Happening } from "../brain.ts";
import type { Intended } from "../memory.ts";
import type { Speak } from "../speak.ts";
import type { Acting } from "./acting.ts";
import { flipOver } from "./flip-over.ts";
import { type Acted, restart } from "./restart.ts";
import { clearLeftOver, settle, unretired } from "./settle.ts";

/** Evidence is gathered before anything is done, but a restart waits for it no longer than this. */
const EVIDENCE_MS = 1_000;

export type HandsParts = {
  acting: Acting;
  speak: Speak;
  post(happening: Happening): void;
  /** Looks at a container and at everything anew: resolves when it has been decided about. */
  look(container: string): Promise<void>;
  /** For what is counted. */
  done(action: Intended, how: Remedy): void;
  /** Resolves when what was seen of an incident is written down. */
  evidence(incident: number): Promise<unknown>;
};

/** Does what was decided, in the background, each service under its lease; every end is told exactly once. */
export class Hands {
  readonly #parts: HandsParts;
  readonly #busy = new Set<Promise<void>>();
  readonly #last = new Map<string, Promise<void>>();

  constructor(parts: HandsParts) {
    this.#parts = parts;
  }

  /** `written`: its intent is on the disk. Without that nothing is done. */
  begin(action: Intended, written: boolean): void {
    if (!written) {
      // Not now: the event that led here is still being worked on.
      queueMicrotask(() => this.#end(action, { kind: "moot", why: "its intent could not be written down" }));
      return;
    }
    this.#run(this.#underLease(action));
  }

  dockerRestarts(action: Extract<WatchAction, { type: "docker-restarts" }>): void {
    const { acting, speak } = this.#parts;
    const own = acting.model()?.services[action.instance]?.restart;
    const policy = ownRestartPolicy(action.allow ? own : undefined);
    speak("notice", `docker's own restarts of ${action.instance}: ${policy.name}`, { cause: action.cause });
    this.#run(acting.host.engine.setRestartPolicy(action.container, policy));
  }

  /** Finishes, or gives up, what an agent that was killed had begun. */
  takeOver(): void {
    const { memory } = this.#parts.acting;
    for (const intent of memory.attempt((store) => store.watch.unfinished()) ?? []) {
      const action = intent.detail as Intended;
      this.#run(
        this.#leased(action, async () => {
          const { acting } = this.#parts;
          const outcome = await settle(acting, intent, acting.serving(action.service));
          if (acting.signal.aborted) return;
          this.#end(action, outcome);
          await this.#retire(action);
        }),
      );
    }
    for (const action of unretired(this.#parts.acting))
      this.#run(this.#leased(action, () => this.#retire(action)));
  }

  async #retire({ service }: Intended): Promise<void> {
    const { acting } = this.#parts;
    const serving = acting.serving(service);
    if (serving !== undefined) await clearLeftOver(acting, serving);
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#busy);
  }

  #run(work: Promise<void>): void {
    const { speak } = this.#parts;
    const running = work
      .catch((thrown) => speak("warning", reason(thrown)))
      .finally(() => this.#busy.delete(running));
    this.#busy.add(running);
  }

  async #underLease(action: Intended): Promise<void> {
    await this.#leased(action, async () => {
      const { acting, post } = this.#parts;
      let touch: { end(): void } | undefined;
      const begins = () => {
        touch = acting.touching(action.container);
      };
      try {
        const { outcome, rest } = await this.#act(action, begins);
        if (this.#parts.acting.signal.aborted && outcome.kind !== "done") return;
        // Who serves now is seen before its end is told, so that nobody is without a container in between.
        if (outcome.kind === "done") await this.#parts.look(outcome.container).catch(() => {});
        this.#end(action, outcome);
        // While it was under way nobody believed that it was a person. Who has restarted it stops it no more.
        const { instance, container, startedAt } = action;
        const isStill = acting.seen(instance)?.facts.startedAt === startedAt;
        if (outcome.kind === "moot" && isStill && acting.isStoppedByPerson(instance))
          post({ type: "stopping", instance, container });
        await rest?.();
      } finally {
        touch?.end();
      }
    });
  }

  async #act(action: Intended, begins: () => void): Promise<Acted> {
    const { acting, evidence, post } = this.#parts;
    try {
      if (action.type === "flip") return await flipOver(acting, action);
      const over = new AbortController();
      const limit = acting.host.clock.sleep(EVIDENCE_MS, over.signal);
      const started = () => post({ type: "started", action: action.id });
      const seen = Promise.race([evidence(action.incident), limit]).finally(() => over.abort());
      return await restart(acting, action, { evidence: seen, begins, started });
    } catch (thrown) {
      // Whatever it is: what was begun must end, or the service would never be looked after again.
      return { outcome: { kind: "failed", why: reason(thrown) }, rest: undefined };
    }
  }

  /** One after the other in a service: what follows from an end begins once its lease is free. */
  #leased(action: Intended, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(action.service) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => this.#leasedNow(action, work));
    this.#last.set(action.service, turn);
    return turn;
  }

  async #leasedNow(action: Intended, work: () => Promise<void>): Promise<void> {
    const { memory, host, project } = this.#parts.acting;
    const own = { pid: process.pid, pidStart: processStart(process.pid) };
    const wish = { services: [action.service], holder: WATCHDOG, ...own, at: host.clock.now() };
    const lease = memory.attempt((store) => store.leases.take(wish, worksOn(project.paths.lock)));
    if (lease === undefined) return this.#end(action, { kind: "moot", why: memory.fault ?? "no state" });
    if ("heldBy" in lease) return this.#end(action, { kind: "moot", why: `held by ${lease.heldBy.holder}` });
    try {
      await work();
    } finally {
      memory.attempt((store) => store.leases.release(lease.id));
    }
  }

  #end(action: Intended, outcome: ActOutcome): void {
    const { acting, post, speak, done } = this.#parts;
    if (outcome.kind === "done") done(action, outcome.how);
    const words = outcome.kind === "done" ? `done, ${outcome.how}` : `${outcome.kind}: ${outcome.why}`;
    speak(outcome.kind === "failed" ? "warning" : "notice", `${action.type} of ${action.instance} ${words}`, {
      ...{ service: action.service, incident: action.incident, action: action.id },
    });
    post({ type: "acted", action: action.id, outcome });
    // Afterwards: of an intent that has ended nobody would tell the state its end, should the agent be killed between.
    acting.memory.attempt((store) => store.watch.ended(action.id, { at: acting.at(), outcome }));
  }
}
