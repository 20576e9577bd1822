import { expect, test } from "bun:test";
import { join } from "node:path";
import { exec } from "../../../agent/host/exec.ts";
import { isAlive, processStart } from "../../../agent/host/process-life.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const yes = () => true;
const ids = (leases: readonly { id: number }[]) => leases.map(({ id }) => id);

function idOf(taken: { id: number } | { heldBy: unknown }): number {
  if (!("id" in taken)) throw new Error(`held by ${JSON.stringify(taken.heldBy)}`);
  return taken.id;
}

test("services that are held are held for everybody else, and all others are free", () => {
  using store = openStore(":memory:");
  const { leases } = store;
  const deploy = idOf(leases.take({ services: ["a", "b"], holder: "deploy", pid: 1, at: 10 }, yes));
  for (const services of [["b"], ["c", "a"], ["*"]]) {
    expect(leases.take({ services, holder: "watch", at: 11 }, yes)).toMatchObject({
      heldBy: { id: deploy, holder: "deploy", pid: 1, since: 10, services: ["a", "b"] },
    });
  }
  const watch = idOf(leases.take({ services: ["c"], holder: "watch", at: 11 }, yes));
  leases.release(deploy);
  leases.release(deploy);
  idOf(leases.take({ services: ["a"], holder: "watch", at: 12 }, yes));
  expect(ids(leases.list(12, yes))).toContain(watch);
});

test("a lease on everything holds services that nobody has named yet", () => {
  using store = openStore(":memory:");
  idOf(store.leases.take({ services: ["*"], holder: "deploy", at: 1 }, yes));
  expect(store.leases.take({ services: ["new"], holder: "watch", at: 1 }, yes)).toHaveProperty("heldBy");
});

test("a lease is narrowed to what is needed, and never widened", () => {
  using store = openStore(":memory:");
  const { leases } = store;
  const all = idOf(leases.take({ services: ["*"], holder: "deploy", at: 1 }, yes));
  leases.narrow(all, ["a", "b"]);
  idOf(leases.take({ services: ["c"], holder: "watch", at: 2 }, yes));
  leases.narrow(all, ["b", "c"]);
  expect(leases.list(2, yes).find(({ id }) => id === all)?.services).toEqual(["b"]);
  leases.narrow(all, []);
  idOf(leases.take({ services: ["b"], holder: "watch", at: 3 }, yes));
});

/** A pause from the machine's clock 1,000 to 1,100; the boot is 5,000 ms old then. */
function paused(boot: { id: string; ms: number } | undefined) {
  const clock = { boot };
  const store = openStore(":memory:", { boot: () => clock.boot });
  idOf(store.leases.take({ services: ["a"], holder: "an operator", at: 1_000, untilMs: 1_100 }, yes));
  const ends = (at: number) => store.leases.list(at, yes).map(({ untilMs }) => untilMs);
  return { ...store, clock, ends };
}

test("a lease ends with its time", () => {
  using store = paused({ id: "first", ms: 5_000 });
  store.clock.boot = { id: "first", ms: 5_099 };
  expect(store.ends(1_099)).toEqual([1_100]);
  expect(store.leases.take({ services: ["a"], holder: "watch", at: 1_099 }, yes)).toHaveProperty("heldBy");
  store.clock.boot = { id: "first", ms: 5_100 };
  expect(store.ends(1_100)).toEqual([]);
  idOf(store.leases.take({ services: ["a"], holder: "watch", at: 1_100 }, yes));
  expect(store.ends(1_100)).toEqual([undefined]);
});

test.each([
  ["forward", 86_400_000],
  ["back", -500],
])("a machine's clock that is set %s neither ends nor lengthens it", (_way, byMs) => {
  using store = paused({ id: "first", ms: 5_000 });
  store.clock.boot = { id: "first", ms: 5_099 };
  expect(store.ends(1_099 + byMs)).toEqual([1_100 + byMs]);
  store.clock.boot = { id: "first", ms: 5_100 };
  expect(store.ends(1_100 + byMs)).toEqual([]);
});

test("after a reboot, and where the kernel tells of none, the machine's clock is all there is", () => {
  for (const [taken, later] of [
    [
      { id: "first", ms: 5_000 },
      { id: "second", ms: 20 },
    ],
    [undefined, undefined],
  ] as const) {
    using store = paused(taken);
    store.clock.boot = later;
    expect(store.ends(1_099)).toEqual([1_100]);
    expect(store.ends(1_100)).toEqual([]);
  }
});

test("a lease ends with its holder, and one of a person outlives every process", () => {
  using store = openStore(":memory:");
  const { leases } = store;
  const own = { pid: process.pid, pidStart: processStart(process.pid) };
  idOf(leases.take({ services: ["mine"], holder: "watch", ...own, at: 1 }, isAlive));
  idOf(
    leases.take({ services: ["old"], holder: "deploy", pid: process.pid, pidStart: "x:1", at: 1 }, isAlive),
  );
  idOf(leases.take({ services: ["person"], holder: "an operator", at: 1 }, isAlive));
  expect(leases.list(2, isAlive).map(({ services }) => services[0])).toEqual(["mine", "person"]);
  idOf(leases.take({ services: ["old"], holder: "watch", ...own, at: 2 }, isAlive));
  for (const service of ["mine", "person"]) {
    const wish = { services: [service], holder: "deploy", ...own, at: 2 };
    expect(leases.take(wish, isAlive)).toHaveProperty("heldBy");
  }
});

test("of many processes that want services of each other at the same time, never two have one", async () => {
  using folder = tempFolder();
  openStore(folder.at("state.db")).close();
  const racer = join(import.meta.dir, "../../fixtures/host/lease-racer.ts");
  const argv = [process.execPath, racer, folder.at("state.db"), "60"] as const;
  const ends = await Promise.all([1, 2, 3, 4].map(() => exec({ argv }, { timeoutMs: 60_000 })));
  expect(ends).toEqual(ends.map(() => ({ kind: "ok", stdout: "60 turns\n", stderr: "" })));
  using store = openStore(folder.at("state.db"));
  expect(store.leases.list(1, yes)).toEqual([]);
}, 90_000);
