import { expect, test } from "bun:test";
import { Invariants } from "../../support/watchdog-invariants.ts";
import { type ServiceSettings, Story } from "../../support/watchdog-story.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Two months; a fortnight in the quick gate (scripts/ok.ts), which has 30 s for everything. */
const DAYS = Number(process.env.WATCHDOG_DAYS ?? 61);
/** A second seed takes as long again; nightly runs may set others. */
const SEEDS = (process.env.WATCHDOG_SEEDS ?? "2026").split(",").map(Number);

const SERVICES: Record<string, ServiceSettings> = {
  database: { mode: "report", box: { bootMs: 2 * SECOND } },
  gateway: { needs: ["database"], standby: true, usual: { p50Ms: 1_200, p95Ms: 1_900 } },
  provider: {
    needs: ["database"],
    usual: { p50Ms: 3 * SECOND, p95Ms: 5 * SECOND },
    box: { bootMs: 3 * SECOND },
  },
  worker: { box: { dockerRestarts: false } },
  reports: { usual: { p50Ms: 45 * SECOND, p95Ms: 60 * SECOND }, box: { bootMs: 45 * SECOND } },
  ingress: {},
};
const APPS = ["gateway-blue", "gateway-green", "provider", "worker", "reports", "ingress"];

/** The same numbers for the same seed (a generator of D. H. Lehmer's kind: modulus 2^31 - 1, factor 48271). */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

class TwoMonths {
  readonly story = new Story(SERVICES);
  readonly invariants = new Invariants(this.story, { frozen: false });
  readonly draw: () => number;
  hangs = 0;
  mended = 0;

  constructor(seed: number) {
    this.draw = lehmer(seed);
    this.story.run(2 * MINUTE);
  }

  between(low: number, high: number): number {
    return Math.round(low + this.draw() * (high - low));
  }

  app(): string {
    return APPS[this.between(0, APPS.length - 1)] ?? "provider";
  }

  /** Every fault is given the time that it takes to end, then nothing happens for hours. */
  live(): void {
    const end = this.story.machine.now + DAYS * 24 * HOUR;
    const faults = [
      this.hang,
      this.hang,
      this.hang,
      this.crash,
      this.loop,
      this.oom,
      this.database,
      this.slow,
    ];
    const deeds = [
      this.deploy,
      this.stop,
      this.pause,
      this.engine,
      this.agentKilled,
      this.clock,
      this.starved,
    ];
    const all = [...faults, ...deeds].map((deed) => deed.bind(this));
    while (this.story.machine.now < end) {
      this.story.random = this.draw();
      all[this.between(0, all.length - 1)]?.();
      this.invariants.look();
      this.settle();
      this.quiet(this.between(20 * MINUTE, 3 * HOUR));
    }
  }

  /**
   * So much time passes: event by event at first and whenever something is under way; where everything would be
   * as it was, 20 s at a time with one round of looks each (shorter than any time that a decision rests on).
   */
  pass(ms: number, finelyMs = 30 * SECOND): Story {
    const end = this.story.machine.now + ms;
    this.story.run(Math.min(ms, finelyMs));
    while (this.story.machine.now < end) {
      const left = end - this.story.machine.now;
      if (this.isMoving() || left < 25 * SECOND) this.story.run(Math.min(left, 5 * SECOND));
      else this.story.skipTo(Math.min(this.story.machine.now + 20 * SECOND, this.story.machine.nextAt));
    }
    return this.story;
  }

  /** Until every service serves and every incident is closed. */
  settle(): void {
    this.story.run(20 * SECOND);
    const end = this.story.machine.now + 5 * HOUR;
    while (this.story.machine.now < end && !this.isSettled()) this.pass(2 * MINUTE, 0);
    expect(this.unsettled()).toEqual([]);
  }

  /** A quiet time, in which each look would say what the last one said: one round of looks each ten minutes. */
  quiet(ms: number): void {
    const end = this.story.machine.now + ms;
    while (this.story.machine.now < end)
      this.story.skipTo(Math.min(end, this.story.machine.now + 10 * MINUTE, this.story.machine.nextAt));
  }

  unsettled(): string[] {
    const { state } = this.story;
    return Object.keys(SERVICES).filter((service) => {
      const { incident } = state.durable.services[service] ?? {};
      const circuit = [service, `${service}-blue`, `${service}-green`].find(
        (ledger) => state.durable.services[ledger]?.circuit !== undefined,
      );
      return this.story.phase(service) !== "ready" || incident !== undefined || circuit !== undefined;
    });
  }

  isSettled(): boolean {
    const { machine } = this.story;
    return this.unsettled().length === 0 && [...machine.boxes.values()].every((box) => machine.serves(box));
  }

  /** Whether something is under way that a pace of seconds would blur. */
  isMoving(): boolean {
    return Object.values(this.story.state.live.instances).some(({ condition }) =>
      ["starting", "suspect", "reviving", "unhealthy"].includes(condition),
    );
  }

  hang(): void {
    const name = this.app();
    const before = this.invariants.restarts.length;
    this.story.box(name).hung = true;
    this.hangs += 1;
    this.story.run(2 * MINUTE + 30 * SECOND);
    if (this.invariants.restarts.length > before && this.story.machine.serves(this.story.box(name)))
      this.mended += 1;
  }

  crash(): void {
    this.story.machine.crash(this.story.box(this.app()), 137);
  }

  /** A crash loop that somebody mends in the end. */
  loop(): void {
    const box = this.story.box(this.app());
    box.dies = { afterMs: this.between(200, 40 * SECOND), exitCode: 1 };
    box.signature = "cannot read the configuration";
    this.story.machine.crash(box, 1);
    this.pass(this.between(MINUTE, 40 * MINUTE));
    Object.assign(box, { dies: undefined, signature: "" });
  }

  oom(): void {
    const box = this.story.box(this.app());
    for (let times = this.between(1, 3); times > 0; times -= 1) {
      this.story.machine.crash(box, 137, true);
      this.pass(this.between(20 * SECOND, 4 * MINUTE));
    }
  }

  /** Frozen or down: the apps that need it are left alone, those that crash without it too. */
  database(): void {
    const database = this.story.box("database");
    const provider = this.story.box("provider");
    database.hung = true;
    provider.dies = { afterMs: 400, exitCode: 1 };
    this.story.machine.crash(provider, 1);
    const before = this.invariants.restarts.length;
    this.pass(this.between(30 * SECOND, 20 * MINUTE));
    expect(this.invariants.restarts.slice(before)).toEqual([]);
    provider.dies = undefined;
    this.story.machine.startByHand(database);
  }

  slow(): void {
    const box = this.story.box(this.app());
    box.slow = true;
    const before = this.invariants.restarts.length;
    this.pass(this.between(10 * SECOND, 20 * MINUTE));
    expect(this.invariants.restarts.length).toBe(before);
    box.slow = false;
  }

  deploy(): void {
    const box = this.story.box(this.app());
    this.story.hold(box.service, "deploy");
    this.story.machine.stop(box);
    this.story.machine.renew(box, `sha256:${this.between(1, 1_000)}`);
    this.pass(this.between(100, 5 * SECOND));
    this.story.machine.startByHand(box);
    this.invariants.changed(box.service);
    this.story.run(box.bootMs + SECOND).release(box.service);
  }

  stop(): void {
    const name = this.app();
    this.story.personStops(name);
    this.pass(this.between(SECOND, 30 * MINUTE));
    if (this.draw() < 0.5) this.story.killAgent().run(MINUTE);
    expect(this.story.box(name).state).toBe("exited");
    this.story.machine.startByHand(this.story.box(name));
  }

  pause(): void {
    const box = this.story.box(this.app());
    box.state = "paused";
    this.story.list();
    this.pass(this.between(SECOND, 30 * MINUTE));
    box.state = "running";
    this.story.list();
  }

  engine(): void {
    this.story.engine(false);
    if (this.draw() < 0.5) this.story.box("provider").hung = true;
    this.pass(this.between(5 * SECOND, 5 * MINUTE)).engine(true);
  }

  /** In the middle of whatever a hang brings about. */
  agentKilled(): void {
    this.story.box(this.app()).hung = true;
    this.pass(this.between(0, 10 * SECOND)).killAgent();
  }

  /** The machine's clock is set back: the agent's own, which the events carry, goes on from what is stored. */
  clock(): void {
    this.story.killAgent();
    this.story.send({ type: "tick" });
  }

  starved(): void {
    const before = this.invariants.restarts.length;
    this.story.send({ type: "pressure", diskFree: 0.4, memory: false, cpu: true });
    for (const name of APPS) this.story.box(name).hung = true;
    this.pass(this.between(3 * SECOND, 5 * MINUTE));
    for (const name of APPS) this.story.box(name).hung = false;
    expect(this.invariants.restarts.length).toBe(before);
    this.story.run(20 * SECOND);
    this.story.send({ type: "pressure", diskFree: 0.4, memory: false, cpu: false });
  }
}

test.each(SEEDS)(
  "two months of faults, or as many days as are set (seed %i): every hang mended, nothing well restarted, no page twice",
  (seed) => {
    const months = new TwoMonths(seed);
    const began = performance.now();
    months.live();
    const { story, invariants } = months;
    const seconds = ((performance.now() - began) / SECOND).toFixed(1);
    console.log(
      `${DAYS} days in ${seconds} s: ${story.events} events, ${months.hangs} hangs, ${invariants.restarts.length} restarts, ` +
        `${story.of("flip").length} flips, ${invariants.incidents} incidents, ${invariants.pages} pages, ` +
        `${story.of("alert").length} alerts, ${story.of("docker-restarts").length} changes of docker's restarts`,
    );
    expect(months.hangs).toBeGreaterThan((50 * DAYS) / 61);
    expect(months.mended).toBe(months.hangs);
    expect(invariants.pages).toBeLessThanOrEqual(invariants.incidents);
    const opened = story.of("incident").filter(({ change }) => change === "opened");
    const closed = story.of("incident").filter(({ change }) => change === "closed");
    expect(closed).toHaveLength(opened.length);
    expect(JSON.stringify(story.state.durable).length).toBeLessThan(20_000);
  },
  60_000,
);
