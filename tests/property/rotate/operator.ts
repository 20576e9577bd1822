import { advance } from "../../../agent/plan/rotate/advance.ts";
import { closing } from "../../../agent/plan/rotate/closing.ts";
import type { RotationWish } from "../../../agent/plan/rotate/facts.ts";
import { giveUp } from "../../../agent/plan/rotate/give-up.ts";
import { nextPoint, type PointName } from "../../../agent/plan/rotate/machine.ts";
import { type Planned, planRotation } from "../../../agent/plan/rotate/plan-rotation.ts";
import { secretStates } from "../../../agent/plan/rotate/secret-states.ts";
import { abortable, inTurn } from "../../../agent/plan/rotate/turn.ts";
import type { Rotation } from "../../../agent/plan/rotate/types.ts";
import { rollOut, setRoles, WORKS } from "./works.ts";
import { CONFIG, Failed, type World } from "./world.ts";

type Trouble = {
  failing?: PointName | undefined;
  retired?: readonly string[];
  soakMs?: number;
  fresh?: number;
};

/** What commands do, thinly: settle what is open, then what was asked. */
export const operator = {
  rotate(world: World, wish: RotationWish, trouble: Trouble = {}): Planned {
    operator.settle(world);
    const planned = planRotation(CONFIG, secretStates(world.secrets), world.now, wish, world.facts());
    if (planned.kind === "refused" || planned.plan.names.length === 0) return planned;
    const { cause, names, soakMs } = planned.plan;
    const rotation: Rotation = {
      ...{ id: world.rotations.length + 1, state: "planned", cause, names },
      ...{ fromVersion: world.current, toVersion: world.current + 1, startedAt: world.now },
      ...{ soakUntil: undefined, endedAt: undefined, cured: false, result: undefined, why: undefined },
      who: "root",
    };
    save(world, rotation);
    driveAll(world, { ...trouble, soakMs, fresh: rotation.id });
    return planned;
  },

  /** What an interrupted command left is finished, and what has soaked is closed. */
  settle(world: World, trouble: Trouble = {}): void {
    driveAll(world, trouble);
  },

  abort(world: World): void {
    const rotation = abortable(world.rotations);
    if (rotation === undefined) return;
    const given = giveUp(rotation, store(world), "somebody asked for it");
    if (given !== undefined) save(world, given);
    operator.settle(world);
  },

  deploy(world: World): void {
    operator.settle(world);
    setRoles(world, world.secrets, false);
    rollOut(world, world.secrets, false);
  },
};

const SOAK_MS = 86_400_000;

function store(world: World) {
  return { version: world.current, states: secretStates(world.secrets) };
}

/** As the journal would: what is read again is what was written. */
function save(world: World, rotation: Rotation, mark = world.mark): void {
  const written = JSON.parse(JSON.stringify(rotation)) as Rotation;
  world.effect(() => {
    world.mark = mark;
    world.rotations = [...world.rotations.filter(({ id }) => id !== rotation.id), written];
    world.rotations.sort((a, b) => a.id - b.id);
  });
}

/** One after the other; where one neither ends nor soaks, the others wait. */
function driveAll(world: World, trouble: Trouble): void {
  for (const { id } of inTurn(world.rotations)) {
    if (!drive(world, id, trouble)) return;
  }
}

/** To its end or to SOAK; what fails is given up, where there is a way back. false: it is stuck. */
function drive(world: World, id: number, trouble: Trouble): boolean {
  const { failing, retired = [], soakMs = SOAK_MS, fresh } = trouble;
  for (let left = 40; left > 0; left -= 1) {
    const rotation = world.rotations.find((each) => each.id === id);
    if (rotation === undefined) return true;
    const names = closable(world, rotation, retired);
    const point = nextPoint(rotation, names);
    if (point === undefined) return true;
    world.effect(() => {
      world.mark = `${point.name}:before`;
    });
    try {
      const isFresh = rotation.id === fresh;
      WORKS[point.name](world, { rotation, closable: names, fails: point.name === failing, isFresh });
      const came = { now: world.now, soakMs, version: world.current, closable: names };
      save(world, advance(rotation, point, came), `${point.name}:after`);
    } catch (thrown) {
      if (!(thrown instanceof Failed)) throw thrown;
      if (rotation.state === "soak") return false;
      const given = giveUp(rotation, store(world), thrown.message);
      if (given === undefined) return false;
      save(world, given);
    }
  }
  throw new Error(`rotation ${id} does not end`);
}

function closable(world: World, rotation: Rotation, retired: readonly string[]): string[] {
  const { keys, sessions } = world.facts();
  return closing(rotation, { now: world.now, keys, sessions, retired, states: secretStates(world.secrets) })
    .closable;
}
