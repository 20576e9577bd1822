import { expect, test } from "bun:test";
import { openStore } from "../../../agent/host/store/open-store.ts";

const gateway = { image: "sha256:1", digest: undefined, spec: "h1", action: "overlap" };

test("releases are numbered as they start, and the current one is the last that was deployed", () => {
  using store = openStore(":memory:");
  const { releases } = store;
  expect(releases.current()).toBeUndefined();
  expect(releases.start({ at: 10, cause: "first deploy" })).toBe("r1");
  expect(releases.start({ at: 20, cause: "gateway's image changed", model: "{}", secretsVersion: 3 })).toBe(
    "r2",
  );
  expect(releases.start({ at: 30, cause: "a bad image" })).toBe("r3");
  expect(releases.current()).toBeUndefined();
  releases.finish("r1", { at: 11, result: "deployed", services: { gateway } });
  releases.finish("r2", { at: 21, result: "deployed", services: { gateway } });
  releases.finish("r3", { at: 31, result: "rolled-back" });
  expect(releases.current()).toEqual({
    id: "r2",
    startedAt: 20,
    endedAt: 21,
    result: "deployed",
    cause: "gateway's image changed",
    model: "{}",
    services: { gateway },
    secretsVersion: 3,
  });
  expect(releases.list(2).map((release) => release.id)).toEqual(["r3", "r2"]);
  expect(releases.get("r1")).toMatchObject({ id: "r1", model: undefined, secretsVersion: undefined });
});

test("a release that was killed has no end and no result", () => {
  using store = openStore(":memory:");
  const id = store.releases.start({ at: 1, cause: "x" });
  expect(store.releases.get(id)).toMatchObject({ endedAt: undefined, result: undefined, services: {} });
});

test("what is no release's id finds none", () => {
  using store = openStore(":memory:");
  store.releases.start({ at: 1, cause: "x" });
  for (const id of ["r0", "r2", "1", "", "r-1", "r1 ", "r1e0", "r99999999999999999999"]) {
    expect(store.releases.get(id)).toBeUndefined();
  }
});

test("the journal keeps an operation's steps in order, and unfinished ones are found", () => {
  using store = openStore(":memory:");
  const { operations } = store;
  const first = operations.start({ kind: "deploy", pid: 7, at: 1, detail: { release: "r1" } });
  const second = operations.start({ kind: "down", pid: 8, at: 2 });
  operations.step(first, { step: "flip gateway", state: "started", at: 3 });
  operations.step(second, { step: "stop", state: "started", at: 3 });
  operations.step(first, { step: "flip gateway", state: "done", at: 2 });
  expect(operations.steps(first)).toEqual([
    { seq: 1, step: "flip gateway", state: "started", at: 3 },
    { seq: 2, step: "flip gateway", state: "done", at: 2 },
  ]);
  expect(operations.unfinished().map((each) => each.id)).toEqual([first, second]);
  operations.finish(first, { at: 9, state: "done" });
  expect(operations.unfinished().map((each) => each.id)).toEqual([second]);
  operations.finish(second, { at: 9, state: "abandoned", detail: { foundBy: first } });
  expect(operations.list(5)).toEqual([
    {
      id: second,
      kind: "down",
      pid: 8,
      startedAt: 2,
      endedAt: 9,
      state: "abandoned",
      detail: { foundBy: first },
    },
    { id: first, kind: "deploy", pid: 7, startedAt: 1, endedAt: 9, state: "done", detail: { release: "r1" } },
  ]);
});

test("a step of an operation that does not exist is refused", () => {
  using store = openStore(":memory:");
  expect(() => store.operations.step(5, { step: "x", state: "done", at: 1 })).toThrow(
    expect.objectContaining({ code: "state" }),
  );
});

test("readiness is summed up over the service's own samples", () => {
  using store = openStore(":memory:");
  const record = (service: string, ms: number, at: number) =>
    store.readiness.record({ service, image: "sha256:1", at, ms, cause: "deploy" });
  for (let at = 1; at <= 20; at++) record("gateway", at * 10, at);
  record("provider", 1_234.6, 1);
  expect(store.readiness.summary("gateway")).toEqual({ count: 20, p50Ms: 100, p95Ms: 190, lastMs: 200 });
  expect(store.readiness.summary("provider")).toEqual({
    count: 1,
    p50Ms: 1_235,
    p95Ms: 1_235,
    lastMs: 1_235,
  });
  expect(store.readiness.summary("database")).toBeUndefined();
  expect(store.readiness.samples("gateway", 2).map((sample) => sample.at)).toEqual([20, 19]);
  expect(store.readiness.services()).toEqual(["gateway", "provider"]);
});

test("old samples and builds are let go, each service's and image's own", () => {
  using store = openStore(":memory:");
  const sample = { image: "sha256:1", at: 0, ms: 1, cause: "deploy" };
  store.readiness.record({ ...sample, service: "other" });
  for (let at = 1; at <= 510; at++) store.readiness.record({ ...sample, service: "gateway", at });
  expect(store.readiness.samples("gateway").map((each) => each.at)).toEqual(
    Array.from({ length: 500 }, (_, index) => 510 - index),
  );
  expect(store.readiness.samples("other")).toHaveLength(1);
  const build = { image: "soloflow/gateway", ms: 1, cached: false, sizeBytes: 1, inputs: "i" };
  for (let at = 1; at <= 205; at++) store.builds.record({ ...build, at });
  expect(store.builds.history(build.image)).toHaveLength(200);
});

test("builds are remembered as they were, newest first", () => {
  using store = openStore(":memory:");
  const first = { image: "soloflow/gateway", at: 1, ms: 900, cached: false, sizeBytes: 117e6, inputs: "a" };
  const second = { ...first, at: 2, ms: 3, cached: true };
  store.builds.record(first);
  store.builds.record(second);
  expect(store.builds.history("soloflow/gateway")).toEqual([second, first]);
  expect(store.builds.history("soloflow/gateway", 1)).toEqual([second]);
  expect(store.builds.history("soloflow/other")).toEqual([]);
});

test("a spec is found under its hash, and writing it again changes nothing", () => {
  using store = openStore(":memory:");
  store.specs.put({ hash: "h1", service: "gateway", json: '{"a":1}' });
  store.specs.put({ hash: "h1", service: "gateway", json: '{"a":2}' });
  expect(store.specs.get("h1")).toBe('{"a":1}');
  expect(store.specs.get("h2")).toBeUndefined();
});
