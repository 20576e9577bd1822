import type { Probe } from "../../config/config.ts";
import type { Container } from "../../core/container.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { ProbeResult } from "../../core/probe-result.ts";
import type { Host } from "../../host/host.ts";
import type { Watched } from "../../plan/watchdog/container-facts.ts";
import type { ProbeKind } from "../../plan/watchdog/model.ts";
import type { ProbeVerdict } from "../../plan/watchdog/probe-verdict.ts";
import type { Probes } from "../../plan/watchdog/probes-of.ts";
import { isLife } from "../../plan/watchdog/turn.ts";
import { verdictOf } from "../../plan/watchdog/verdict.ts";
import { probeContainer } from "../deploy/readiness.ts";
import { onBeat } from "./beat.ts";
import { type GoodAnswers, type SignOfLife, signOfLife } from "./sign-of-life.ts";

/** A container to be asked, how, and in whose network it lives. */
export type Asked = { watched: Watched; probes: Probes; network: Container };

export type LooksInput = {
  host: Pick<Host, "engine" | "prober" | "machine" | "clock">;
  /** Milliseconds from the start of the last look at it to the next one; undefined: do not look. */
  interval(instance: string): { everyMs: number; starting: boolean } | undefined;
  timeoutMs(): number;
  lagMs(): number;
  goodAnswers: GoodAnswers;
  probed(look: Look): void;
  lagged(lateMs: number): void;
  /** Something that no probe should do. */
  failed(thrown: unknown): void;
};

/** One look and what it found. `tookMs` for the record of how quick answers are. */
export type Look = {
  asked: Asked;
  kind: ProbeKind;
  verdict: ProbeVerdict;
  answer: ProbeResult;
  began: number;
  tookMs: number;
};

/** A late answer is a sign of life for so long after its probe began. */
const LATE_MS = 5_000;
/** A command costs a process inside the container: so often while it is ready, and while it starts or is in doubt. */
const EXEC_EVERY_MS = 10_000;
const EXEC_STARTING_MS = 200;
const EXEC_TIMEOUT_MS = 5_000;
/** Looks from here on are not in a hurry: they share their waking with what else is due in that second. */
const SELDOM_MS = 2_000;

/** Asks each container in its own time, from the start of one look to the start of the next, never two at once. */
export class Looks {
  readonly #input: LooksInput;
  readonly #entries = new Map<string, Entry>();

  constructor(input: LooksInput) {
    this.#input = input;
  }

  /** From now on these and no others. A container in a new life is another one. */
  see(all: readonly Asked[]): void {
    const there = new Set(all.map(({ watched }) => watched.facts.instance));
    for (const [instance, entry] of this.#entries) if (!there.has(instance)) this.#drop(instance, entry);
    for (const asked of all) {
      const { instance } = asked.watched.facts;
      const entry = this.#entries.get(instance);
      if (entry !== undefined && isLife(entry.asked.watched.facts, asked.watched.facts)) entry.asked = asked;
      else {
        if (entry !== undefined) this.#drop(instance, entry);
        this.#entries.set(instance, newEntry(asked));
      }
    }
    this.plan();
  }

  /** Sets the next look of one instance, or of all, by what is decided by now. */
  plan(instance?: string): void {
    if (instance === undefined) for (const entry of this.#entries.values()) this.#plan(entry);
    else {
      const entry = this.#entries.get(instance);
      if (entry !== undefined) this.#plan(entry);
    }
  }

  stop(): void {
    for (const [instance, entry] of this.#entries) this.#drop(instance, entry);
  }

  #drop(instance: string, entry: Entry): void {
    entry.gone = true;
    entry.timer?.abort();
    this.#entries.delete(instance);
  }

  #plan(entry: Entry): void {
    entry.timer?.abort();
    entry.timer = undefined;
    if (entry.busy || entry.gone) return;
    const next = this.#next(entry);
    if (next === undefined) return;
    const { clock } = this.#input.host;
    const timer = new AbortController();
    entry.timer = timer;
    const due = entry.startedAt + next.everyMs;
    const waitMs = Math.max(0, (next.everyMs < SELDOM_MS ? due : onBeat(due)) - clock.monotonic());
    const dueAt = clock.monotonic() + waitMs;
    void clock.sleep(waitMs, timer.signal).then(() => {
      if (timer.signal.aborted) return;
      this.#look(entry, next, clock.monotonic() - dueAt).catch(this.#input.failed);
    });
  }

  #next({ asked }: Entry): { everyMs: number; probe: Probe; kind: ProbeKind } | undefined {
    const { watched, probes } = asked;
    const interval = this.#input.interval(watched.facts.instance);
    if (interval === undefined) return undefined;
    const { everyMs, starting } = interval;
    const probe = starting ? probes.starting : probes.steady;
    if (probe === undefined) return undefined;
    const isSlow = "exec" in probe;
    const isUrgent = starting || everyMs === 0;
    const least = isSlow ? (isUrgent ? EXEC_STARTING_MS : EXEC_EVERY_MS) : 0;
    return { everyMs: Math.max(everyMs, least), probe, kind: starting ? "ready" : "live" };
  }

  async #look(
    entry: Entry,
    { probe, kind }: { probe: Probe; kind: ProbeKind },
    lateMs: number,
  ): Promise<void> {
    const { host, lagMs, lagged, probed } = this.#input;
    const { asked } = entry;
    const began = host.clock.monotonic();
    entry.busy = true;
    entry.startedAt = began;
    try {
      const timeoutMs = "exec" in probe ? EXEC_TIMEOUT_MS : this.#input.timeoutMs();
      const answer = await this.#ask(entry, probe, timeoutMs);
      const tookMs = host.clock.monotonic() - began;
      const late = Math.max(lateMs, tookMs - timeoutMs);
      if (late > lagMs()) lagged(Math.round(late));
      else if (answer !== undefined && !entry.gone) {
        const verdict = await this.#judge(entry, answer);
        if (!entry.gone) probed({ asked, kind, verdict, answer, began, tookMs });
      }
    } finally {
      entry.busy = false;
      this.#plan(entry);
    }
  }

  /** undefined where the engine, not the container, failed. */
  async #ask(entry: Entry, probe: Probe, timeoutMs: number): Promise<ProbeResult | undefined> {
    const { watched, network } = entry.asked;
    try {
      const limits = { timeoutMs, lateMs: LATE_MS, network };
      const answer = await probeContainer(this.#input.host, probe, watched.container, limits);
      void answer.late?.then((ms) => {
        if (ms !== undefined) entry.life?.late(Math.round(ms));
      });
      return answer;
    } catch (thrown) {
      if (thrown instanceof SoloflowError) return undefined;
      throw thrown;
    }
  }

  async #judge(entry: Entry, answer: ProbeResult): Promise<ProbeVerdict> {
    const verdict = verdictOf(answer);
    if (verdict.kind !== "silent") {
      entry.life = undefined;
      return verdict;
    }
    if (entry.life !== undefined) return { ...verdict, evidence: await entry.life.evidence() };
    entry.life = signOfLife(this.#input.host, entry.asked.watched, this.#input.goodAnswers);
    return verdict;
  }
}

type Entry = {
  asked: Asked;
  /** When the last look began, monotonic. */
  startedAt: number;
  busy: boolean;
  gone: boolean;
  timer: AbortController | undefined;
  /** Since its first failed probe. */
  life: SignOfLife | undefined;
};

function newEntry(asked: Asked): Entry {
  const startedAt = Number.NEGATIVE_INFINITY;
  return { asked, startedAt, busy: false, gone: false, timer: undefined, life: undefined };
}
