import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import type { Outcome } from "../../../agent/core/command.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { Store } from "../../../agent/host/store/store.ts";
import type { RotationSchedule } from "../../../agent/plan/rotate/open-turn.ts";
import type { WatchAction } from "../../../agent/plan/watchdog/model.ts";
import type { ServicePhase } from "../../../agent/plan/watchdog/service-phase.ts";
import { projectPaths } from "../../../agent/run/project.ts";
import { putRotation, startRotation } from "../../../agent/run/rotate/rotation-record.ts";
import { writeTurn } from "../../../agent/run/rotate/turn-now.ts";
import { Complaints } from "../../../agent/run/watch/complaints.ts";
import { RotationClock } from "../../../agent/run/watch/rotation-clock.ts";
import { failed, ok } from "../../support/scripted-exec.ts";
import { type ScriptedHost, scriptedHost } from "../../support/scripted-host.ts";

const HOUR = 3_600_000;
const MINUTE_ROUNDS = 6;
const UNIT = "soloflow-agent-rotate@shop.service";
const TURN = ["rotate-secrets", "--scheduled", "--json", "--project", "shop"];

/** A watchdog's clock of rotations, at ten in the evening, and everything that it goes by. */
class Night implements Disposable {
  readonly host: ScriptedHost;
  readonly store: Store = openStore(":memory:");
  readonly said: string[] = [];
  readonly alerts: WatchAction[] = [];
  readonly started: string[][] = [];
  schedule: RotationSchedule | undefined = { every: true };
  held = false;
  phases: ServicePhase[] = ["ready"];
  ends: Outcome = ok("{}");
  /** Whether the child comes so far as to write down that it had its turn. */
  begins = true;
  #clock: RotationClock;

  constructor(env: Record<string, string> = {}) {
    this.host = scriptedHost({ startMs: new Date(2026, 5, 1, 22).getTime(), env });
    Object.assign(this.host, {
      exec: async ({ argv }: { argv: string[] }) => {
        this.started.push(argv);
        if (this.begins) await writeTurn(this.host, this.project());
        return this.ends;
      },
    });
    mkdirSync(this.project().paths.state, { recursive: true });
    this.#clock = this.newClock();
  }

  project() {
    return { name: "shop", paths: projectPaths("shop", this.host) };
  }

  newClock(): RotationClock {
    const speak = (_: string, line: string) => void this.said.push(line);
    return new RotationClock({
      ...{ host: this.host, project: this.project(), speak, complaints: new Complaints(speak) },
      memory: { attempt: (action) => action(this.store) },
      signal: new AbortController().signal,
      deployed: () => ({ settings: { rotation: this.schedule } as { rotation?: RotationSchedule } }),
      isHeld: () => this.held,
      phases: () => this.phases,
      alert: (action) => void this.alerts.push(action),
    });
  }

  /** As after a restart of the agent. */
  restarted(): void {
    this.#clock = this.newClock();
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 60_000) {
      for (let round = 0; round < MINUTE_ROUNDS; round += 1) await this.#clock.reconciled();
      this.host.clock.advance(60_000);
    }
  }

  async round(): Promise<void> {
    await this.#clock.reconciled();
    this.host.clock.advance(10_000);
  }

  interrupted() {
    return startRotation(this.store, {
      ...{ state: "expanded", cause: "asked", names: [], fromVersion: 1, toVersion: 2, startedAt: 1 },
      ...{ soakUntil: undefined, endedAt: undefined, cured: false, result: undefined, why: undefined },
      who: "a test",
    });
  }

  [Symbol.dispose](): void {
    this.store.close();
    this.host[Symbol.dispose]();
  }
}

let night: Night;
beforeEach(() => {
  night = new Night();
});
afterEach(() => night[Symbol.dispose]());

test("a turn is started once each night, in the window, and not again by an agent that is started in it", async () => {
  await night.pass(5 * HOUR - 60_000);
  expect(night.started).toEqual([]);
  await night.pass(2 * 60_000);
  expect(night.started.map((argv) => argv.slice(-5))).toEqual([TURN]);
  night.restarted();
  await night.pass(HOUR);
  expect(night.started).toHaveLength(1);
  await night.pass(23 * HOUR);
  expect(night.started).toHaveLength(2);
  expect(night.alerts).toEqual([]);
});

test("nothing is started where no secret has every and no rotation is open", async () => {
  for (const schedule of [undefined, { every: false }]) {
    night.schedule = schedule;
    await night.pass(24 * HOUR);
  }
  expect(night.started).toEqual([]);
});

test("who holds a service is waited for; so is a restart, and the engine", async () => {
  await night.pass(5 * HOUR - 60_000);
  night.held = true;
  await night.pass(HOUR / 2);
  night.held = false;
  for (const phase of ["restarting", "engine-down"] as const) {
    night.phases = ["ready", phase];
    await night.pass(HOUR / 2);
  }
  expect(night.started).toEqual([]);
  night.phases = ["ready"];
  await night.pass(60_000);
  expect(night.started).toHaveLength(1);
});

test("a rotation that was interrupted is seen to at the start, as soon as the services have come up", async () => {
  const rotation = night.interrupted();
  night.schedule = undefined;
  night.phases = ["ready", "starting"];
  await night.pass(2 * 60_000);
  expect(night.started).toEqual([]);
  night.phases = ["ready", "ready"];
  await night.pass(60_000);
  expect(night.started).toHaveLength(1);
  await night.pass(HOUR);
  expect(night.started).toHaveLength(1);
  putRotation(night.store, { ...rotation, state: "aborted", endedAt: 2 });
  night.restarted();
  await night.pass(HOUR);
  expect(night.started).toHaveLength(1);
});

test("at the start nobody waits for the next minute: the first round that finds all ready has it seen to", async () => {
  night.interrupted();
  night.phases = ["starting"];
  await night.round();
  expect(night.started).toEqual([]);
  night.phases = ["ready"];
  await night.round();
  expect(night.started).toHaveLength(1);
});

test("what soaks still is left alone at the start", async () => {
  night.schedule = undefined;
  const rotation = night.interrupted();
  putRotation(night.store, { ...rotation, state: "soak", soakUntil: night.host.clock.now() + 2 * HOUR });
  await night.pass(HOUR);
  expect(night.started).toEqual([]);
});

test("a service that never comes up does not hold up for ever what was interrupted", async () => {
  night.interrupted();
  night.phases = ["starting"];
  await night.pass(HOUR / 2);
  expect(night.started).toHaveLength(1);
});

test("a turn that fails needs somebody: told once, with what it said and the next command", async () => {
  night.ends = failed(2, "waiting: something\nerror: there is no soloflow.toml\nhint: write one\n");
  await night.pass(10 * HOUR);
  expect(night.started).toHaveLength(1);
  expect(night.alerts).toEqual([
    {
      ...{ type: "alert", level: "needs-you", service: "the rotation of secrets", incident: undefined },
      cause: "the scheduled rotation failed: there is no soloflow.toml",
      next: "soloflow-agent rotate-secrets --dry-run",
    },
  ]);
});

test("who could not even be started is not started again each minute of that night", async () => {
  night.begins = false;
  night.ends = { kind: "missing", program: "soloflow-agent" };
  await night.pass(10 * HOUR);
  expect(night.started).toHaveLength(1);
  expect(night.alerts).toMatchObject([
    { cause: "the scheduled rotation failed: there is no soloflow-agent" },
  ]);
});

test("under systemd the unit that may give files away does it, and its log is what to look at", async () => {
  using other = new Night({ SOLOFLOW_ROTATE_UNIT: UNIT });
  other.ends = failed(1, `Job for ${UNIT} failed.\n`);
  await other.pass(10 * HOUR);
  expect(other.started).toEqual([["systemctl", "start", UNIT]]);
  expect(other.alerts).toMatchObject([{ next: `journalctl --unit ${UNIT}` }]);
});

test("a record that nobody can read is said once, and holds up nothing else", async () => {
  night.store.rotations.start({ at: 1, state: "of a later agent", record: { state: "of a later agent" } });
  night.schedule = undefined;
  await night.pass(8 * HOUR);
  expect(night.started).toEqual([]);
  expect(night.said.filter((line) => line.includes("is damaged")).length).toBeLessThanOrEqual(2);
  expect(night.said.join()).toContain("is damaged");
});
