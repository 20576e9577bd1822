import { SoloflowError } from "../../core/errors.ts";
import type { EngineEvent } from "../../host/engine/events.ts";
import type { Host } from "../../host/host.ts";
import { onBeat } from "./beat.ts";
import type { ContainerBook } from "./container-book.ts";

export type Sight = {
  host: Pick<Host, "engine" | "clock">;
  label: string;
  book: ContainerBook;
  /** Each event, before its container is looked at. */
  event(event: EngineEvent): void;
  /** Whether the engine can be reached; told when it changes. */
  engine(reachable: boolean): void;
  /** A round is complete: the list was compared, or it is certain that the engine does not answer. */
  reconciled(): void | Promise<void>;
  signal: AbortSignal;
};

const RECONCILE_MS = 10_000;
/** Between two pings of an engine that did not answer. */
const PING_MS = 1_000;
const BACKOFF_MS = [100, 250, 500, 1_000, 2_000, 5_000];
/** So many pings in a row without an answer, and the engine is down. */
const PINGS = 2;

/**
 * Watches until the signal: subscribes, lists, reads events and compares with the list every 10 s. A stream that is
 * cut, or that kept a change to itself, is opened again.
 */
export async function watchEngine(sight: Sight): Promise<void> {
  const { host, signal } = sight;
  for (let failures = 0; !signal.aborted; ) {
    const startedAt = host.clock.monotonic();
    await oneStream(sight);
    if (signal.aborted) return;
    await untilReachable(sight);
    failures = host.clock.monotonic() - startedAt > RECONCILE_MS ? 0 : failures + 1;
    await host.clock.sleep(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0, signal);
  }
}

/** Ends when the stream or the engine fails. */
async function oneStream(sight: Sight): Promise<void> {
  const cut = new AbortController();
  const signal = AbortSignal.any([sight.signal, cut.signal]);
  try {
    const stream = await sight.host.engine.events([sight.label], signal);
    const reading = read(sight, stream);
    await Promise.race([reading, compare(sight, signal)]);
  } catch (thrown) {
    if (!(thrown instanceof SoloflowError) && !signal.aborted) throw thrown;
  } finally {
    cut.abort();
  }
}

async function read({ event, book }: Sight, stream: AsyncIterable<EngineEvent>): Promise<void> {
  for await (const each of stream) {
    event(each);
    book.note(each);
  }
}

/** Ends when the stream has been silent about something that the list shows. */
async function compare({ book, host, reconciled }: Sight, signal: AbortSignal): Promise<void> {
  for (let round = 0; !signal.aborted; round += 1) {
    const missed = await book.reconcile();
    await reconciled();
    if (round > 0 && missed.length > 0) return;
    const now = host.clock.monotonic();
    await host.clock.sleep(onBeat(now + RECONCILE_MS) - now, signal);
  }
}

/** Returns when the engine answers a ping; tells when it is down, and when it is back. */
async function untilReachable({ host, engine, reconciled, signal }: Sight): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    if (await answers(host)) {
      if (failures >= PINGS) engine(true);
      return;
    }
    failures += 1;
    if (failures === PINGS) engine(false);
    if (failures >= PINGS) await reconciled();
    await host.clock.sleep(PING_MS, signal);
  }
}

async function answers({ engine }: Sight["host"]): Promise<boolean> {
  try {
    await engine.ping();
    return true;
  } catch (thrown) {
    if (thrown instanceof SoloflowError) return false;
    throw thrown;
  }
}
