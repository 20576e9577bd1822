import { expect, test } from "bun:test";
import { hasEnded, POINTS, type PointName } from "../../../agent/plan/rotate/machine.ts";
import { check, checkSettled } from "./invariants.ts";
import { operator } from "./operator.ts";
import { Killed, NAMES, World } from "./world.ts";

const DAY = 86_400_000;

/** Each kind alone, and all at once. */
const SUBJECTS = [...NAMES.map((name) => [name]), NAMES];
/** What fails on the way: nothing, before the commit, after it. */
const FAILING: readonly (PointName | undefined)[] = [undefined, "expand", "verify", "flip"];

/** From asking for it until everything is closed; `failing` fails once. */
function whole(world: World, names: readonly string[], compromised: boolean, failing?: PointName): void {
  operator.rotate(world, { which: "named", names, given: names, compromised }, { failing });
  close(world);
  // The command ends: a kill can come even after the last line of the journal.
  world.effect(() => {});
}

function close(world: World): void {
  for (const key of world.keys) if (!world.isDoomed(key)) world.useKey(key);
  world.now += 3 * DAY;
  operator.settle(world);
}

function born(): World {
  const world = new World();
  operator.deploy(world);
  world.makeKey();
  world.look = () => check(world);
  return world;
}

/** Whether it was killed before it was through. */
function killedIn(world: World, effects: number, run: () => void): boolean {
  world.killIn = effects;
  try {
    run();
    return false;
  } catch (thrown) {
    if (!(thrown instanceof Killed)) throw thrown;
    return true;
  } finally {
    world.killIn = Number.POSITIVE_INFINITY;
  }
}

function checkEnded(world: World): void {
  operator.settle(world);
  close(world);
  checkSettled(world);
  expect(world.rotations.filter((each) => !hasEnded(each))).toEqual([]);
  for (const { versions } of Object.values(world.secrets)) expect(versions).toHaveLength(1);
}

test("killed at every point, before its work, within it and after it, one more run ends it, for every kind", () => {
  const killed = new Set<string>();
  for (const names of SUBJECTS) {
    for (const compromised of [false, true]) {
      for (const failing of FAILING) {
        for (let at = 1, going = true; going; at += 1) {
          const world = born();
          going = killedIn(world, at, () => whole(world, names, compromised, failing));
          if (going) killed.add(world.mark);
          checkEnded(world);
        }
      }
    }
  }
  const all = POINTS.flatMap(({ name }) => [`${name}:before`, `${name}:after`]);
  expect(all.filter((mark) => !killed.has(mark))).toEqual([]);
});

test("killed twice in a row, wherever, one more run ends it", () => {
  for (const failing of FAILING) {
    for (let first = 1, going = true; going; first += 1) {
      for (let second = 0, again = true; again; second += 1) {
        const world = born();
        going = killedIn(world, first, () => whole(world, NAMES, false, failing));
        again = killedIn(world, second, () => operator.settle(world));
        checkEnded(world);
      }
    }
  }
});
