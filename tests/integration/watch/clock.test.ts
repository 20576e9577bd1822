import { expect, test } from "bun:test";
import { ScriptedWatch } from "../../support/scripted-watch.ts";

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** What becomes of the machine's clock, again and again, and whether the agent is started anew each time. */
const FAULTS: readonly [name: string, jumps: readonly number[], anew: boolean][] = [
  ["is left alone, through restarts of the agent", [0], true],
  ["goes back an hour and comes again", [-HOUR, HOUR], false],
  ["goes back an hour and comes again, through restarts of the agent", [-HOUR, HOUR], true],
  ["goes on by a year and comes back", [YEAR, -YEAR], false],
  ["goes on by a year and comes back, through restarts of the agent", [YEAR, -YEAR], true],
];

const MINUTE = 60_000;
/** Pauses before the second, third and fourth restart; see watch-policy.ts. */
const BACKOFF_MS = [5_000, 15_000, 45_000, 120_000];

/** Sets the clock as the next in turn says. */
function* faults(watch: ScriptedWatch, jumps: readonly number[], anew: boolean) {
  for (let turn = 0; ; turn += 1) {
    watch.set(jumps[turn % jumps.length] ?? 0);
    yield anew ? watch.restart() : Promise.resolve();
  }
}

test.each(FAULTS)(
  "a clock that %s: pauses between restarts, and the circuit, are as ever",
  async (_name, jumps, anew) => {
    using watch = new ScriptedWatch();
    const happens = faults(watch, jumps, anew);
    watch.start();
    await watch.phase("ready");
    for (let restarts = 1; restarts <= 5; restarts += 1) {
      watch.box.silent = true;
      await watch.until(`restart ${restarts}`, () => watch.restarts.length === restarts, 3 * MINUTE);
      await watch.phase("ready");
      await happens.next().value;
      await watch.pass(1_000);
    }
    watch.box.silent = true;
    await watch.phase("open");
    await watch.end();
    const gaps = watch.restarts.slice(1).map((at, index) => at - (watch.restarts[index] ?? 0));
    for (const [index, backoff] of BACKOFF_MS.entries()) {
      // It must be seen to be silent first, and restarts of any service are ten seconds apart.
      expect(gaps[index]).toBeGreaterThanOrEqual(Math.max(10_000, backoff * 0.8));
      expect(gaps[index]).toBeLessThan(Math.max(10_000, backoff * 1.2) + 15_000);
    }
  },
  60_000,
);

test.each(FAULTS)(
  "a clock that %s: what a person has stopped stays so",
  async (_name, jumps, anew) => {
    using watch = new ScriptedWatch();
    // Nobody but the watchdog would start it again, and its end looks like a crash.
    watch.box.restartPolicy = { name: "no", max: 0 };
    const happens = faults(watch, jumps, anew);
    watch.start();
    await watch.phase("ready");
    watch.tell({ action: "kill", signal: 15 });
    Object.assign(watch.box, { state: "exited", exitCode: 1 });
    watch.tell({ action: "die", exitCode: 1 });
    await watch.phase("held");
    for (let turn = 0; turn < 4; turn += 1) {
      await happens.next().value;
      await watch.pass(30_000);
    }
    expect(watch.box.state).toBe("exited");
    watch.begin();
    await watch.phase("ready");
    await watch.end();
    expect(watch.said().join("\n")).not.toContain("incident");
  },
  60_000,
);

test.each(FAULTS)(
  "a clock that %s: an operator's pause holds",
  async (_name, jumps, anew) => {
    using watch = new ScriptedWatch();
    const happens = faults(watch, jumps, anew);
    const alive = () => true;
    watch.start();
    await watch.phase("ready");
    const pause = { services: ["app"], holder: "an operator", at: watch.wall() };
    const lease = watch.store(({ leases }) => leases.take(pause, alive));
    await watch.phase("held");
    watch.box.silent = true;
    for (let turn = 0; turn < 4; turn += 1) {
      await happens.next().value;
      await watch.pass(30_000);
    }
    expect(watch.restarts).toEqual([]);
    watch.store(({ leases }) => "id" in lease && leases.release(lease.id));
    await watch.until("its restart", () => watch.restarts.length === 1, MINUTE);
    await watch.end();
  },
  60_000,
);

test.each(FAULTS.filter(([, , anew]) => !anew))(
  "a clock that %s: a start has the time that it always has",
  async (_name, jumps, anew) => {
    using watch = new ScriptedWatch();
    const happens = faults(watch, jumps, anew);
    watch.start();
    await watch.phase("ready");
    watch.begin();
    watch.box.silent = true;
    await watch.phase("starting");
    for (let turn = 0; turn < 3; turn += 1) {
      await happens.next().value;
      await watch.pass(30_000);
      expect(watch.restarts).toEqual([]);
    }
    // 120 s for a start that was never measured.
    const tookMs = await watch.until("its restart", () => watch.restarts.length === 1, MINUTE);
    expect(tookMs).toBeGreaterThan(25_000);
    expect(tookMs).toBeLessThan(35_000);
    await watch.end();
  },
  60_000,
);

test.each(FAULTS)(
  "a clock that %s: a restart that ended with its agent is done by the next",
  async (_name, jumps, anew) => {
    using watch = new ScriptedWatch();
    const happens = faults(watch, jumps, anew);
    const { promise, reject } = Promise.withResolvers<void>();
    watch.onRestart = () => promise;
    watch.start();
    await watch.phase("ready");
    watch.box.silent = true;
    await watch.until("its restart", () => watch.restarts.length === 1, MINUTE);
    watch.onRestart = async () => watch.begin();
    const happened = happens.next().value;
    reject(new Error("the connection broke"));
    await happened;
    await watch.until("another", () => watch.restarts.length === 2, MINUTE);
    await watch.phase("ready");
    await watch.end();
  },
  60_000,
);

test.each(FAULTS)(
  "a clock that %s: docker's health check, which works, is not said to hang",
  async (_name, jumps, anew) => {
    using watch = new ScriptedWatch();
    const happens = faults(watch, jumps, anew);
    watch.box.checkedMs = () => watch.wall() - (watch.wall() % 2_000);
    watch.start();
    await watch.phase("ready");
    for (let turn = 0; turn < 4; turn += 1) {
      await watch.pass(45_000);
      // Between two checks of the engine.
      await happens.next().value;
    }
    await watch.end();
    expect(watch.said().join("\n")).not.toContain("health check hangs");
  },
  60_000,
);

test("docker's health check that hangs is said to, within two minutes and a half", async () => {
  using watch = new ScriptedWatch();
  watch.box.checkedMs = () => watch.wall();
  watch.start();
  await watch.phase("ready");
  const last = watch.wall();
  watch.box.checkedMs = () => last;
  await watch.until("it is said", () => watch.said().join().includes("health check hangs"), 150_000);
  await watch.end();
}, 60_000);
