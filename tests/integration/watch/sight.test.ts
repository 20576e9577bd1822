import { expect, test } from "bun:test";
import type { Container, ContainerSummary } from "../../../agent/core/container.ts";
import { SoloflowError } from "../../../agent/core/errors.ts";
import type { EngineEvent } from "../../../agent/host/engine/events.ts";
import { ContainerBook } from "../../../agent/run/watch/container-book.ts";
import { watchEngine } from "../../../agent/run/watch/sight.ts";
import { containerOf, desiredOf } from "../../support/desired.ts";
import { type Script, scriptedHost } from "../../support/scripted-host.ts";
import { waitFor } from "../../support/wait-for.ts";

const LABEL = "com.docker.compose.project=demo";

function database(overrides: Partial<Container> = {}): Container {
  const unit = desiredOf().units.find(({ service }) => service === "database");
  if (unit?.instances[0] === undefined) throw new Error("no database");
  return containerOf(unit, unit.instances[0], overrides);
}

const lineOf = ({ id, name, labels, state }: Container, status = "Up 10 years"): ContainerSummary => ({
  ...{ id, name, labels, state, status, createdAt: 0 },
});

/** A stream that gives what is pushed, until it is cut. */
function eventStream() {
  const waiting: EngineEvent[] = [];
  let wake = () => {};
  let ended = false;
  async function* read(): AsyncGenerator<EngineEvent> {
    while (!ended) {
      yield* waiting.splice(0);
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (waiting.length > 0 || ended) resolve();
      });
    }
  }
  return {
    read,
    push: (event: Partial<EngineEvent> & Pick<EngineEvent, "action" | "id">) => {
      waiting.push({ at: 0, labels: {}, ...event });
      wake();
    },
    cut: () => {
      ended = true;
      wake();
    },
  };
}

/** Watches a scripted engine with a clock that stands still. */
function sightOn(engine: Script["engine"] & {}) {
  const host = scriptedHost({ engine, stillClock: true });
  const told: string[] = [];
  let changes = 0;
  const stop = new AbortController();
  const changed = () => {
    changes += 1;
  };
  const book = new ContainerBook(host, LABEL, { changed, signal: stop.signal });
  const running = watchEngine({
    ...{ host, label: LABEL, book, signal: stop.signal },
    event: ({ action }) => void told.push(action),
    engine: (reachable) => void told.push(reachable ? "back" : "down"),
    reconciled: () => void told.push("reconciled"),
  });
  return {
    ...{ host, told, book, changes: () => changes },
    async [Symbol.asyncDispose]() {
      stop.abort();
      host.clock.advance(60_000);
      await running;
      host[Symbol.dispose]();
    },
  };
}

const until =
  (stream: ReturnType<typeof eventStream>) => async (_: readonly string[], signal: AbortSignal) => {
    signal.addEventListener("abort", stream.cut);
    return stream.read();
  };

test("the first list is complete, also where an event came just before it and its look has not ended", async () => {
  const one = database();
  const stream = eventStream();
  const slow = Promise.withResolvers<Container>();
  const looks: Promise<Container>[] = [slow.promise];
  let known = 0;
  await using sight = sightOn({
    events: until(stream),
    summaries: async () => {
      stream.push({ action: "start", id: one.id });
      await waitFor("the look that the event began", () => looks.length === 0);
      return [lineOf(one)];
    },
    container: () => looks.pop() ?? Promise.resolve(one),
  });
  const reconciled = waitFor("the first reconcile", () => sight.told.includes("reconciled")).then(() => {
    known = sight.book.containers().length;
  });
  await waitFor("the event", () => sight.told.includes("start"));
  // A list that did not wait for it would be over by now.
  await Bun.sleep(20);
  slow.resolve(one);
  await waitFor("the spacing of looks", () => {
    sight.host.clock.advance(25);
    return sight.told.includes("reconciled");
  });
  await reconciled;
  expect(known).toBe(1);
});

test("it subscribes before it lists: what happens in between is in the stream", async () => {
  const one = database();
  await using sight = sightOn({
    events: until(eventStream()),
    summaries: async () => [lineOf(one)],
    container: async () => one,
  });
  await waitFor("the first reconcile", () => sight.told.includes("reconciled"));
  expect(sight.host.calls.map((call) => call.split(" ")[0])).toEqual([
    "engine.events",
    "engine.summaries",
    "engine.container",
  ]);
  expect(sight.book.containers()).toEqual([one]);
});

test("an event that never came is found by the next reconcile, and the stream is opened again", async () => {
  let state: Container["state"] = "running";
  const one = database();
  await using sight = sightOn({
    events: async (_, signal) => until(eventStream())(_, signal),
    summaries: async () => [lineOf({ ...one, state })],
    container: async () => ({ ...one, state }),
    ping: async () => {},
  });
  await waitFor("the first reconcile", () => sight.told.length === 1);
  state = "exited";
  sight.host.clock.advance(10_000);
  await waitFor("the change is seen", () => sight.book.containers()[0]?.state === "exited");
  await waitFor("the silent stream is left", () =>
    sight.host.calls.some((call) => call.startsWith("engine.ping")),
  );
  sight.host.clock.advance(1_000);
  await waitFor(
    "another is opened",
    () => sight.host.calls.filter((call) => call.startsWith("engine.events")).length === 2,
  );
});

test("10,000 events of a moment are one look", async () => {
  const one = database();
  const stream = eventStream();
  await using sight = sightOn({
    events: until(stream),
    summaries: async () => [lineOf(one)],
    container: async () => one,
  });
  await waitFor("the first reconcile", () => sight.told.length === 1);
  const looks = () => sight.host.calls.filter((call) => call.startsWith("engine.container")).length;
  const before = looks();
  for (let each = 0; each < 10_000; each += 1) stream.push({ action: "health_status", id: one.id });
  await waitFor("all are read", () => sight.told.length === 10_001);
  sight.host.clock.advance(25);
  await waitFor("it is looked at", () => looks() > before);
  await Bun.sleep(20);
  expect(looks()).toBe(before + 1);
});

test("before the first list is read nothing is told: half of what is there would look like the rest gone", async () => {
  const one = database();
  const stream = eventStream();
  const listed = Promise.withResolvers<void>();
  let looked = 0;
  await using sight = sightOn({
    events: until(stream),
    summaries: async () => {
      await listed.promise;
      return [lineOf(one)];
    },
    container: async () => {
      looked += 1;
      return one;
    },
  });
  stream.push({ action: "start", id: one.id });
  await waitFor("it was looked at", () => looked === 1);
  await Bun.sleep(20);
  expect(sight.changes()).toBe(0);
  listed.resolve();
  await waitFor("it is told", () => sight.changes() > 0);
  expect(sight.book.containers()).toHaveLength(1);
});

test("a death keeps its exit code and last words though Docker has started it again", async () => {
  const one = database();
  const stream = eventStream();
  await using sight = sightOn({
    events: until(stream),
    summaries: async () => [lineOf(one)],
    container: async () => one,
    logs: async () => "Error: no PORT\n",
  });
  await waitFor("the first reconcile", () => sight.told.length === 1);
  stream.push({ action: "oom", id: one.id });
  stream.push({ action: "die", id: one.id, exitCode: 137 });
  await waitFor("it is noted", () => sight.book.deaths.get(one.id)?.logSignature !== undefined);
  expect(sight.book.deaths.get(one.id)).toMatchObject({ exitCode: 137, oomKilled: true });
  expect(sight.book.endLately(one)).toEqual({ exitCode: 137, oomKilled: true });
  sight.host.clock.advance(20_000);
  expect(sight.book.endLately(one)).toEqual({ oomKilled: false });
});

test("two pings without an answer are an engine that is down; it is told once, and once when it is back", async () => {
  let isUp = true;
  const gone = async () => {
    if (!isUp) throw new SoloflowError("no-docker", "gone");
  };
  const stream = eventStream();
  await using sight = sightOn({
    events: async (labels, signal) => {
      await gone();
      return until(isUp && stream ? eventStream() : stream)(labels, signal);
    },
    summaries: async () => {
      await gone();
      return [];
    },
    ping: gone,
  });
  await waitFor("the first reconcile", () => sight.told.length === 1);
  isUp = false;
  sight.host.clock.advance(10_000);
  const pings = () => sight.host.calls.filter((call) => call === "engine.ping").length;
  await waitFor("one ping", () => pings() === 1);
  expect(sight.told).not.toContain("down");
  sight.host.clock.advance(1_000);
  await waitFor("it is down", () => sight.told.includes("down"));
  sight.host.clock.advance(1_000);
  await waitFor("a third ping", () => pings() === 3);
  isUp = true;
  sight.host.clock.advance(1_000);
  await waitFor("it is back", () => sight.told.includes("back"));
  expect(sight.told.filter((word) => word === "down" || word === "back")).toEqual(["down", "back"]);
});
