import { expect, test } from "bun:test";
import { openStore } from "../../../agent/host/store/open-store.ts";

const intent = (id: number) => ({
  id,
  service: "gateway",
  cause: "3 failures",
  detail: { instance: "gateway-blue" },
});

test("the watchdog's state is what was written last, with its time", () => {
  using store = openStore(":memory:");
  expect(store.watch.read()).toBeUndefined();
  expect(store.watch.lastAt()).toBeUndefined();
  store.watch.write({ budget: [1, 2] }, { at: 5 });
  store.watch.write({ budget: [1, 2, 3] }, { at: 9 });
  expect(store.watch.read()).toEqual({ budget: [1, 2, 3] });
  expect(store.watch.lastAt()).toBe(9);
});

test("an intent is written with the state or not at all, and never twice", () => {
  using store = openStore(":memory:");
  store.watch.write({ n: 1 }, { at: 1, intents: [intent(7)] });
  expect(() => store.watch.write({ n: 2 }, { at: 2, intents: [intent(8), intent(7)] })).toThrow();
  expect(store.watch.read()).toEqual({ n: 1 });
  expect(store.watch.unfinished()).toEqual([{ ...intent(7), at: 1, endedAt: undefined, outcome: undefined }]);
});

test("an intent has one end", () => {
  using store = openStore(":memory:");
  store.watch.write({}, { at: 1, intents: [intent(1), intent(2)] });
  store.watch.ended(1, { at: 5, outcome: { kind: "done" } });
  store.watch.ended(1, { at: 9, outcome: { kind: "failed" } });
  expect(store.watch.unfinished().map(({ id }) => id)).toEqual([2]);
  expect(store.watch.intents(10)).toMatchObject([
    { id: 2 },
    { id: 1, endedAt: 5, outcome: { kind: "done" } },
  ]);
});

test("several writes are one, whatever they are of", () => {
  using store = openStore(":memory:");
  const all = () =>
    store.transaction(() => {
      store.watch.write({}, { at: 1, intents: [intent(1)] });
      store.incidents.open({ id: 4, service: "gateway", level: "losing", cause: "hang", at: 1 });
      store.alerts.add({ key: "k", channel: "slack", body: {}, at: 1 });
      return "done";
    });
  expect(all()).toBe("done");
  expect(all).toThrow();
  expect(store.incidents.list(10)).toHaveLength(1);
});

test("an incident is opened once, added to, and closed once", () => {
  using store = openStore(":memory:");
  const { incidents } = store;
  const opening = { service: "gateway", level: "needs-you", cause: "no answer", at: 10 } as const;
  const id = incidents.open({ ...opening, evidence: { logs: "last words", exitCode: 137 } });
  expect(incidents.open({ ...opening, id, cause: "again" })).toBe(id);
  expect(incidents.get(id)).toEqual({
    ...{ id, service: "gateway", level: "needs-you", cause: "no answer", openedAt: 10, closedAt: undefined },
    ...{ remedy: undefined, detectedMs: undefined, lostMs: undefined, report: false, alerts: 0 },
    evidence: { logs: "last words", exitCode: 137 },
  });
  incidents.update(id, { level: "losing", evidence: { oomKilled: true }, alerts: 1, detectedMs: 2_900.6 });
  incidents.close(id, { at: 20, remedy: "in-place", lostMs: 5_000 });
  incidents.close(id, { at: 30 });
  expect(incidents.get(id)).toMatchObject({
    ...{ closedAt: 20, level: "losing", remedy: "in-place", detectedMs: 2_901, lostMs: 5_000, alerts: 1 },
    evidence: { logs: "last words", exitCode: 137, oomKilled: true },
  });
  incidents.update(99, { alerts: 3 });
  expect(incidents.get(99)).toBeUndefined();
});

test("incidents are found by service and by being open, newest first; the oldest closed ones go", () => {
  using store = openStore(":memory:");
  const { incidents } = store;
  const open = (service: string) =>
    incidents.open({ service, level: "healed", cause: "x", at: 1, report: service === "b" });
  const first = open("a");
  for (let at = 0; at < 510; at++) incidents.close(open("b"), { at });
  const last = open("a");
  expect(incidents.list(10, { open: true }).map(({ id }) => id)).toEqual([last, first]);
  expect(incidents.list(10, { service: "a" }).map(({ id }) => id)).toEqual([last, first]);
  expect(incidents.list(1, { service: "b" })).toMatchObject([{ report: true }]);
  expect(incidents.list(1_000)).toHaveLength(501);
});

test("events are listed in their order, the newest of what is asked for, and 10,000 are kept", () => {
  using store = openStore(":memory:");
  const { events } = store;
  store.transaction(() => {
    for (let at = 1; at <= 10_020; at++) {
      const service = at % 2 ? "a" : "b";
      events.add({ at, service, from: at === 10_020 ? undefined : "ready", to: "suspect", cause: "x" });
    }
  });
  expect(events.list({ limit: 20_000 })).toHaveLength(10_000);
  expect(events.list({ limit: 2 })).toMatchObject([
    { at: 10_019, from: "ready" },
    { at: 10_020, from: undefined, to: "suspect" },
  ]);
  expect(events.list({ limit: 9, service: "a", since: 10_016 }).map(({ at }) => at)).toEqual([
    10_017, 10_019,
  ]);
  const [last] = events.list({ limit: 1 });
  events.add({ at: 3, service: "a", to: "ready", cause: "the clock was set back" });
  expect(events.list({ limit: 9, after: last?.id ?? 0 })).toMatchObject([{ at: 3 }]);
});

test("an alert is due until it is delivered or given up, and is written once", () => {
  using store = openStore(":memory:");
  const { alerts } = store;
  const add = (key: string, at: number, dueAt = at) =>
    alerts.add({ key, channel: "slack", body: { key }, at, dueAt });
  const [one = 0, two = 0, three = 0] = [add("one", 1), add("two", 1, 50), add("three", 2)];
  expect(add("one", 3)).toBeUndefined();
  expect(alerts.due(2).map(({ key }) => key)).toEqual(["one", "three"]);
  alerts.failed(one, 100, "status 503");
  alerts.delivered(three, 4);
  expect(alerts.due(50).map(({ id }) => id)).toEqual([two]);
  expect(alerts.due(100)).toMatchObject([
    { id: two },
    { id: one, tries: 1, lastError: "status 503", body: { key: "one" }, channel: "slack" },
  ]);
  alerts.dropped(one, 101, "status 410");
  alerts.delivered(two, 102);
  expect(alerts.due(1e12)).toEqual([]);
  expect(alerts.list(9)).toMatchObject([
    { deliveredAt: 4 },
    { deliveredAt: 102 },
    { droppedAt: 101, tries: 2 },
  ]);
  expect(add("one", 200)).toBeUndefined();
});
