import { SoloflowError } from "../../core/errors.ts";
import type { RotationRow } from "../../host/store/rotations.ts";
import type { Store } from "../../host/store/store.ts";
import { POINTS } from "../../plan/rotate/machine.ts";
import type { RotatedLogin, RotatedName, Rotation, RotationState } from "../../plan/rotate/types.ts";
import {
  isBoolean,
  isNumber,
  isText,
  listOf,
  maybe,
  objectOf,
  oneOf,
  type Shape,
  validated,
  wholeFrom,
} from "../../plan/watchdog/valid.ts";

/** What stands in columns of its own. */
type Columns = "id" | "startedAt" | "endedAt";

const STATES: readonly RotationState[] = POINTS.flatMap(({ from, to }) => [from, to]);

const isPair: Shape<readonly [string, string]> = (value, where) => {
  const check: Shape<readonly string[]> = listOf(isText);
  check(value, where);
  if (value.length !== 2) throw new SoloflowError("state", `${where} is not two roles`);
};

// By hand, as everything that the watchdog may read.
const login = objectOf<RotatedLogin>({
  ...{ service: isText, database: maybe(isText), owner: maybe(isText), roles: maybe(isPair) },
});
const rotatedName = objectOf<RotatedName>({
  ...{ name: isText, from: wholeFrom(1), to: wholeFrom(1), closed: isBoolean },
  kind: oneOf("generated", "pepper", "database", "superuser", "external"),
  ...{ phases: listOf(oneOf("roles", "expand", "flip", "contract")), services: listOf(isText) },
  login: maybe(login),
});
const recordShape = objectOf<Omit<Rotation, Columns>>({
  state: oneOf(...STATES),
  cause: oneOf("asked", "due", "compromised", "back"),
  names: listOf(rotatedName),
  ...{ fromVersion: wholeFrom(1), toVersion: wholeFrom(1), soakUntil: maybe(isNumber), cured: isBoolean },
  result: maybe(oneOf("done", "aborted", "cured")),
  ...{ why: maybe(isText), who: isText },
});

/** Rotations that have not ended, oldest first: those in SOAK, and at most one under way. */
export function openRotations(store: { rotations: Pick<Store["rotations"], "open"> }): Rotation[] {
  return store.rotations.open().map(revived);
}

/** Newest first. */
export function listRotations(store: Pick<Store, "rotations">, limit: number): Rotation[] {
  return store.rotations.list(limit).map(revived);
}

/** Writes a new one down, and gives it its number. */
export function startRotation(store: Pick<Store, "rotations">, rotation: Omit<Rotation, "id">): Rotation {
  const { startedAt: at, endedAt: _, ...record } = rotation;
  return { ...rotation, id: store.rotations.start({ at, state: rotation.state, record }) };
}

export function putRotation(store: Pick<Store, "rotations">, rotation: Rotation): void {
  const { id, startedAt: _, endedAt, ...record } = rotation;
  store.rotations.put(id, { state: rotation.state, record, endedAt });
}

function revived({ id, startedAt, endedAt, record }: RotationRow): Rotation {
  try {
    return { ...validated(recordShape, record), ...{ id, startedAt, endedAt } };
  } catch (thrown) {
    throw new SoloflowError("state", `the record of rotation ${id} is damaged`, {
      hint: "use the soloflow-agent that wrote it",
      cause: thrown,
    });
  }
}
