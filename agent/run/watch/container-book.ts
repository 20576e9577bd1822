import type { Container, ContainerSummary } from "../../core/container.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { EngineEvent } from "../../host/engine/events.ts";
import type { Host } from "../../host/host.ts";
import type { Death } from "../../plan/watchdog/container-facts.ts";
import { logSignature } from "../../plan/watchdog/log-signature.ts";
import { contradicts } from "../../plan/watchdog/summary.ts";

/** From the end of one look at a container to the next, however many events come between them. */
const SPACING_MS = 25;
/** Each is looked at so often even where nothing seems to have changed: for the time of its last health check. */
const ANYWAY_MS = 60_000;

/** Lines that are asked for, and how long the look at a container that has died waits for them. */
const LAST_WORDS = 10;
const LAST_WORDS_MS = 300;
/** A process may have said its first words so long before the engine notes that it runs. */
const EARLY_MS = 50;
/** A death so long ago has to do with an incident that opens now. */
const LATELY_MS = 10_000;

/** `toldAt`: when its health check was first seen to have its last result. Monotonic, as `lookedAt`. */
type Entry = { container: Container; lookedAt: number; toldAt: number };
/** `over`: when the next may begin. */
type Look = { over: Promise<void>; next: Promise<void> | undefined };

/**
 * What is known of each container with one label. Events make it quick, the list makes it true: a burst of events is
 * one more look, and an event that never came is found by the next reconcile.
 */
export class ContainerBook {
  readonly #host: Pick<Host, "engine" | "clock">;
  readonly #label: string;
  readonly #changed: () => void;
  readonly #signal: AbortSignal;
  readonly #entries = new Map<string, Entry>();
  readonly #looks = new Map<string, Look>();
  readonly #ooms = new Set<string>();
  readonly #doubtful = new Set<string>();
  /** By the engine's clock, and when it was heard of, monotonic. */
  readonly #died = new Map<string, { at: number; heardAt: number }>();
  readonly #lastWords = new Map<string, Promise<void>>();
  /** Whether the list was read: before, some are not known that are there. */
  #isWhole = false;
  readonly deaths = new Map<string, Death>();

  constructor(
    host: Pick<Host, "engine" | "clock">,
    label: string,
    { changed, signal }: { changed: () => void; signal: AbortSignal },
  ) {
    this.#signal = signal;
    this.#host = host;
    this.#label = label;
    this.#changed = changed;
  }

  containers(): Container[] {
    return [...this.#entries.values()].map(({ container }) => container);
  }

  /**
   * For how long, by its last look, its health check has had no new result, milliseconds. Not by the engine's times:
   * they are of a clock that may be set, and older than the look that brought them.
   */
  healthSilence({ id }: Pick<Container, "id">): number {
    const { lookedAt = 0, toldAt = 0 } = this.#entries.get(id) ?? {};
    return lookedAt - toldAt;
  }

  /** How its life before this one ended, if that was just now, or what will end it in a moment. */
  endLately({ id }: Pick<Container, "id">): { exitCode?: number; oomKilled: boolean } {
    const { heardAt = Number.NEGATIVE_INFINITY } = this.#died.get(id) ?? {};
    const death = this.#host.clock.monotonic() - heardAt < LATELY_MS ? this.deaths.get(id) : undefined;
    const oomKilled = this.#ooms.has(id) || death?.oomKilled === true;
    return { ...(death === undefined ? {} : { exitCode: death.exitCode }), oomKilled };
  }

  /** Takes an event in and looks at its container; what cannot be seen now is seen by the next reconcile. */
  note(event: EngineEvent): void {
    if (event.action === "oom") this.#ooms.add(event.id);
    if (event.action === "die") this.#lastWords.set(event.id, this.#noteDeath(event));
    // The life that follows is not shown before the end of this one is known.
    const first = this.#lastWords.get(event.id) ?? Promise.resolve();
    first
      .then(() => this.look(event.id))
      .catch((thrown) => {
        if (!(thrown instanceof SoloflowError)) throw thrown;
        this.#doubtful.add(event.id);
      });
  }

  /** With its last words, as far as they can be had at once: Docker may start it again within milliseconds. */
  async #noteDeath({ id, exitCode = 0, at }: EngineEvent): Promise<void> {
    const death: Death = { exitCode, oomKilled: this.#ooms.delete(id) };
    const { engine, clock } = this.#host;
    const began = this.#began(id);
    this.deaths.set(id, death);
    this.#died.set(id, { at, heardAt: clock.monotonic() });
    const over = new AbortController();
    const log = engine.logs(id, LAST_WORDS).catch(() => undefined);
    const limit = clock.sleep(LAST_WORDS_MS, over.signal).then(() => undefined);
    const words = await Promise.race([log, limit]).finally(() => over.abort());
    if (words !== undefined && this.deaths.get(id) === death)
      this.deaths.set(id, { ...death, logSignature: logSignature(words, began) });
  }

  /** From when on what it says is of its life now: a short one has ended before it was looked at. */
  #began(id: string): number {
    const startedMs = Date.parse(this.#entries.get(id)?.container.startedAt ?? "") || 0;
    return Math.max(startedMs - EARLY_MS, this.#died.get(id)?.at ?? 0);
  }

  /** Resolves after a look that began after the call. */
  look(id: string): Promise<void> {
    const last = this.#looks.get(id);
    if (last === undefined) return this.#begin(id);
    last.next ??= last.over.then(() => this.#begin(id));
    return last.next;
  }

  #begin(id: string): Promise<void> {
    const done = this.#inspect(id);
    const over = done.catch(() => {}).then(() => this.#host.clock.sleep(SPACING_MS, this.#signal));
    const look: Look = { over, next: undefined };
    this.#looks.set(id, look);
    void over.then(() => {
      if (look.next === undefined) this.#looks.delete(id);
    });
    return done;
  }

  async #inspect(id: string): Promise<void> {
    const lookedAt = this.#host.clock.monotonic();
    const container = await this.#host.engine.container(id);
    this.#doubtful.delete(id);
    if (container === undefined) this.#forget(id);
    else this.#entries.set(id, { container, lookedAt, toldAt: this.#toldAt(container, lookedAt) });
    if (this.#isWhole) this.#changed();
  }

  #toldAt({ id, startedAt, health }: Container, lookedAt: number): number {
    const before = this.#entries.get(id);
    if (before?.container.startedAt !== startedAt) return lookedAt;
    return before?.container.health?.lastLookAt === health?.lastLookAt ? (before?.toldAt ?? 0) : lookedAt;
  }

  /**
   * Lists, looks at what is new, changed or long unseen, and forgets what is gone. Gives the ids of containers whose
   * change no event had told. Errors: those of the engine.
   */
  async reconcile(): Promise<string[]> {
    const { engine, clock } = this.#host;
    const listedAt = clock.monotonic();
    const list = await engine.summaries([this.#label]);
    const there = new Set(list.map(({ id }) => id));
    for (const [id, { lookedAt }] of this.#entries)
      if (!there.has(id) && lookedAt < listedAt) this.#forget(id);
    const missed = list.filter((summary) => this.#isNews(summary));
    const due = list.filter((summary) => missed.includes(summary) || this.#isDue(summary.id, listedAt));
    await Promise.all(due.map(({ id }) => this.look(id)));
    this.#isWhole = true;
    this.#changed();
    return missed.map(({ id }) => id);
  }

  #isNews(summary: ContainerSummary): boolean {
    const known = this.#entries.get(summary.id);
    if (this.#looks.has(summary.id)) return false;
    return known === undefined || contradicts(summary, known.container, this.#host.clock.now());
  }

  #isDue(id: string, now: number): boolean {
    // What no look has shown yet is waited for, even where an event has begun one: the list is complete, or it is none.
    const { lookedAt = Number.NEGATIVE_INFINITY } = this.#entries.get(id) ?? {};
    return this.#doubtful.has(id) || now - lookedAt >= ANYWAY_MS;
  }

  #forget(id: string): void {
    this.#entries.delete(id);
    this.deaths.delete(id);
    this.#died.delete(id);
    this.#lastWords.delete(id);
    this.#ooms.delete(id);
    this.#doubtful.delete(id);
  }
}
