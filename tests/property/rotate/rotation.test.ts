import { expect, test } from "bun:test";
import fc from "fast-check";
import { hasEnded, POINTS } from "../../../agent/plan/rotate/machine.ts";
import { planDocument } from "../../../agent/plan/rotate/plan-document.ts";
import { renderRotation } from "../../../agent/plan/rotate/render.ts";
import { check, checkSettled } from "./invariants.ts";
import { operator } from "./operator.ts";
import { APPS, CONFIG, given, Killed, NAMES, ROLES, World } from "./world.ts";

const DAY = 86_400_000;
const RUNS = { numRuns: Number(process.env.ROTATION_RUNS ?? 300), includeErrorInReport: true };

/** One thing that somebody does, or that happens. */
type Deed = { name: string; run: (world: World) => void; [fc.toStringMethod]: () => string };

const killAfter = fc.option(fc.nat(30), { nil: undefined, freq: 2 });
const point = fc.option(fc.constantFrom(...POINTS.map(({ name }) => name)), { nil: undefined, freq: 3 });
const someNames = fc.subarray(NAMES, { minLength: 1 });

const rotate = fc
  .record({ names: someNames, compromised: fc.boolean(), failing: point, killed: killAfter })
  .map(({ names, compromised, failing, killed }) =>
    mortal(`rotate ${names}${compromised ? " --compromised" : ""} (${failing} fails)`, killed, (world) => {
      const planned = operator.rotate(
        world,
        { which: "named", names, given: names, compromised },
        { failing },
      );
      const text =
        planned.kind === "plan"
          ? renderRotation(planned.plan) + JSON.stringify(planDocument(planned.plan))
          : JSON.stringify(planned);
      expect(text).not.toContain("canary");
    }),
  );

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: rotate },
  killAfter.map((killed) => mortal("deploy", killed, operator.deploy)),
  killAfter.map((killed) => mortal("abort", killed, operator.abort)),
  fc
    .tuple(point, killAfter)
    .map(([failing, killed]) =>
      mortal(`settle (${failing} fails)`, killed, (world) => operator.settle(world, { failing })),
    ),
  fc.integer({ min: 1, max: 72 }).map((hours) =>
    deed(`${hours} h later`, (world) => {
      world.now += (hours * DAY) / 24;
    }),
  ),
  fc.constant(deed("a key is made", (world) => world.makeKey())),
  fc.nat(20).map((at) =>
    deed("a key is used", (world) => {
      const key = world.keys[at % Math.max(1, world.keys.length)];
      if (key !== undefined && !world.isDoomed(key)) world.useKey(key);
    }),
  ),
  fc.constantFrom(...ROLES).map((role) =>
    deed(`somebody logs in as ${role}`, (world) => {
      if (world.isLogin(role)) world.strangers.push(role);
    }),
  ),
  fc.constant(
    deed("who logged in leaves", (world) => {
      world.strangers = [];
    }),
  ),
  killAfter.map((killed) =>
    mortal("retire the pepper", killed, (world) => {
      for (const key of world.keys) key.doomed = true;
      operator.settle(world, { retired: ["API_KEY_PEPPER"] });
    }),
  ),
);

function deed(name: string, run: (world: World) => void): Deed {
  return { name, run, [fc.toStringMethod]: () => name };
}

/** The same, killed after so many effects. */
function mortal(name: string, killed: number | undefined, run: (world: World) => void): Deed {
  return deed(killed === undefined ? name : `${name}, killed after ${killed}`, (world) => {
    world.killIn = killed ?? Number.POSITIVE_INFINITY;
    try {
      run(world);
    } catch (thrown) {
      if (!(thrown instanceof Killed)) throw thrown;
    }
    world.killIn = Number.POSITIVE_INFINITY;
  });
}

function live(all: readonly Deed[]): World {
  const world = new World();
  operator.deploy(world);
  world.makeKey();
  world.look = () => check(world);
  try {
    for (const each of all) each.run(world);
  } catch (thrown) {
    throw new Error(`${String(thrown)} after: ${all.map(({ name }) => name).join("; ")}`, { cause: thrown });
  }
  return world;
}

const story = fc.array(deeds, { minLength: 1, maxLength: 12 });

test("whatever is done, killed or fails: a login works, every key passes, the apps take each other's, nothing leaks", () => {
  fc.assert(
    fc.property(story, (all) => void live(all)),
    RUNS,
  );
});

test("one more run converges: store, roles and apps say the same, and each rotation has ended or soaks", () => {
  fc.assert(
    fc.property(story, (all) => {
      const world = live(all);
      operator.deploy(world);
      checkSettled(world);
      for (const rotation of world.rotations)
        expect(hasEnded(rotation) || rotation.state === "soak").toBe(true);
      // What a later rotation has given up is only noted of an earlier one.
      operator.settle(world);
      const settled = JSON.stringify([world.current, world.apps, world.rotations]);
      operator.settle(world);
      expect(JSON.stringify([world.current, world.apps, world.rotations])).toBe(settled);
    }),
    RUNS,
  );
});

test("when all keys have been used and strangers have left, everything ends with one value each", () => {
  fc.assert(
    fc.property(story, (all) => {
      const world = live(all);
      operator.settle(world);
      world.strangers = [];
      world.keys = world.keys.filter((key) => !world.isDoomed(key));
      for (const key of world.keys) world.useKey(key);
      world.now += 10 * DAY;
      operator.deploy(world);
      checkSettled(world);
      expect(world.rotations.filter((each) => !hasEnded(each))).toEqual([]);
      for (const [name, stored] of Object.entries(world.secrets)) {
        expect(stored.versions).toHaveLength(1);
        const readers = APPS.filter((app) => CONFIG.secret[name]?.for.includes(app));
        for (const app of readers) expect(world.apps[app]?.[name]).toEqual(given(name, stored));
      }
    }),
    RUNS,
  );
});
