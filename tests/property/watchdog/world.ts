import fc from "fast-check";
import { Invariants } from "../../support/watchdog-invariants.ts";
import { Story } from "../../support/watchdog-story.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const SERVICES = {
  database: { mode: "report", box: { bootMs: 2 * SECOND } },
  gateway: { needs: ["database"], standby: true, usual: { p50Ms: 1_000, p95Ms: 2_000 } },
  provider: {
    needs: ["database"],
    usual: { p50Ms: 8 * SECOND, p95Ms: 9 * SECOND },
    box: { bootMs: 8 * SECOND },
  },
  worker: { box: { dockerRestarts: false } },
  ingress: {},
} as const;

export const INSTANCES = ["database", "gateway-blue", "gateway-green", "provider", "worker", "ingress"];
const NAMES = Object.keys(SERVICES);

export function world(): { story: Story; invariants: Invariants } {
  const story = new Story(SERVICES as unknown as ConstructorParameters<typeof Story>[0]);
  const invariants = new Invariants(story);
  story.run(15 * SECOND);
  return { story, invariants };
}

/** Something that happens to the machine, and how long nothing else does then. */
export type Deed = { name: string; act: (story: Story, invariants: Invariants) => void; waitMs: number };

const instance = fc.constantFrom(...INSTANCES);
const service = fc.constantFrom(...NAMES);
const pause = fc.oneof(
  fc.integer({ min: 0, max: 5 * SECOND }),
  fc.integer({ min: 0, max: 2 * MINUTE }),
  fc.integer({ min: 0, max: 20 * MINUTE }),
);

function deed<T>(name: string, of: fc.Arbitrary<T>, act: (story: Story, of: T, seen: Invariants) => void) {
  return fc.tuple(of, pause).map(
    ([chosen, waitMs]): Deed => ({
      name: `${name} ${JSON.stringify(chosen)}, ${Math.round(waitMs / SECOND)} s`,
      act: (story, seen) => act(story, chosen, seen),
      waitMs,
    }),
  );
}

function flag(name: "hung" | "slow" | "strange" | "orphaned") {
  return deed(name, fc.tuple(instance, fc.boolean()), (story, [of, on]) => {
    const box = story.box(of);
    box[name] = on;
    if (name === "orphaned") story.list();
  });
}

const crash = deed(
  "crash",
  fc.record({ of: instance, code: fc.constantFrom(1, 137), oom: fc.boolean() }),
  (story, { of, code, oom }) => story.machine.crash(story.box(of), code, oom),
);
const loop = deed(
  "crash loop",
  fc.record({ of: instance, afterMs: fc.integer({ min: 100, max: 30 * SECOND }), on: fc.boolean() }),
  (story, { of, afterMs, on }) => {
    const box = story.box(of);
    Object.assign(box, { dies: on ? { afterMs, exitCode: 3 } : undefined, signature: on ? "the same" : "" });
    if (on) story.machine.crash(box, 3);
  },
);
const stop = deed("a person stops", instance, (story, of) => {
  if (story.box(of).state === "running") story.personStops(of);
});
const silentStop = deed("a person stops unseen", instance, (story, of) => {
  const box = story.box(of);
  if (box.state === "running" && box.dockerRestarts) story.machine.stop(box);
});
const start = deed("a person starts", instance, (story, of) => {
  const box = story.box(of);
  if (box.state === "exited") story.machine.startByHand(box);
});
const freeze = deed("a person pauses or not", fc.tuple(instance, fc.boolean()), (story, [of, on]) => {
  const box = story.box(of);
  if (on && box.state === "running") box.state = "paused";
  else if (!on && box.state === "paused") box.state = "running";
  story.list();
});
const lease = deed(
  "lease",
  fc.tuple(fc.constantFrom("*", ...NAMES), fc.constantFrom("deploy", "an operator"), fc.boolean()),
  (story, [of, by, on]) => (on ? story.hold(of, by) : story.release(of)),
);
const deploy = deed("deploy", fc.tuple(instance, fc.nat(3)), (story, [of, image], seen) => {
  const box = story.box(of);
  story.hold(box.service, "deploy");
  if (box.state !== "exited") story.machine.stop(box);
  story.machine.renew(box, `sha256:${image}`);
  story.machine.startByHand(box);
  seen.changed(box.service);
  seen.look();
  story.run(3 * SECOND).release(box.service);
});
const engine = deed("engine", fc.boolean(), (story, up) => story.engine(up));
const lag = deed("lag", fc.integer({ min: 0, max: 3_000 }), (story, lateMs) =>
  story.send({ type: "lagged", lateMs }),
);
const pressure = deed(
  "pressure",
  fc.record({ diskFree: fc.constantFrom(0.5, 0.1, 0.03), memory: fc.boolean(), cpu: fc.boolean() }),
  (story, of) => story.send({ type: "pressure", ...of }),
);
const kill = deed("the agent is killed", fc.constant(0), (story) => story.killAgent());
const fail = deed("the next restart", fc.constantFrom("moot" as const, "failed" as const), (story, how) => {
  story.failures.push(how);
});
const never = deed("never ready", fc.tuple(instance, fc.boolean()), (story, [of, on]) => {
  story.box(of).bootMs = on ? Number.POSITIVE_INFINITY : SECOND;
});
const word = deed("an operator's word", service, (story, of) => story.send({ type: "resumed", service: of }));
const secret = deed("a new secret", fc.tuple(instance, fc.nat(5)), (story, [of, version], seen) => {
  const box = story.box(of);
  box.secrets = String(version);
  seen.changed(box.service);
});
const chance = deed("chance", fc.double({ min: 0, max: 0.999, noNaN: true }), (story, random) => {
  story.random = random;
});

const hung = flag("hung");
const WEIGHTED = [hung, hung, hung, crash, crash, loop, kill, lease];
const ONCE = [
  flag("slow"),
  flag("strange"),
  flag("orphaned"),
  stop,
  silentStop,
  start,
  freeze,
  deploy,
  engine,
];
const slowly = deed("restarts take", fc.integer({ min: 0, max: 90 * SECOND }), (story, ms) => {
  story.restartMs = ms;
});

const waiting = deed("restarts await", fc.integer({ min: 0, max: 5 * MINUTE }), (story, ms) => {
  story.awaitMs = ms;
});

const RARE = [slowly, waiting, lag, pressure, fail, never, word, secret, chance];

export const deeds = fc.array(fc.oneof(...WEIGHTED, ...ONCE, ...RARE), { minLength: 1, maxLength: 25 });
/** What must never lead to a restart, whatever its order. */
export const harmless = fc.array(fc.oneof(flag("slow"), flag("strange"), lag, pressure, kill, chance), {
  minLength: 1,
  maxLength: 25,
});

export function live(story: Story, invariants: Invariants, all: readonly Deed[]): void {
  for (const { act, waitMs } of all) {
    act(story, invariants);
    invariants.look();
    story.run(waitMs);
  }
}
