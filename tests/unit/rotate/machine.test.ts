import { expect, test } from "bun:test";
import { closing } from "../../../agent/plan/rotate/closing.ts";
import { dueAt } from "../../../agent/plan/rotate/due.ts";
import { giveUp } from "../../../agent/plan/rotate/give-up.ts";
import { hasEnded, nextPoint, POINTS } from "../../../agent/plan/rotate/machine.ts";
import { abortable, inTurn, retirable } from "../../../agent/plan/rotate/turn.ts";
import type { Rotation, RotationState } from "../../../agent/plan/rotate/types.ts";
import { secretsConfig } from "../../support/secrets-config.ts";
import { NOW, named, planFor, rotationOf, stateOf } from "./asked.ts";

const { names } = planFor({ wish: named("API_KEY_PEPPER", "DATABASE_URL") });
const ALL = names.map(({ name }) => name);

/** The points from a state on, as if every work came to its end. */
function path(rotation: Rotation): string[] {
  const everything = rotation.names.map(({ name }) => name);
  const point = nextPoint(rotation, everything);
  return point === undefined ? [] : [point.name, ...path(closed({ ...rotation, state: point.to }))];
}

function closed(rotation: Rotation): Rotation {
  const isGone = rotation.state === "retired";
  return isGone
    ? { ...rotation, names: rotation.names.map((each) => ({ ...each, closed: true })) }
    : rotation;
}

test("every state but the last ones has one way on", () => {
  const from = POINTS.map((point) => point.from);
  expect(new Set(from).size).toBe(from.length);
  const ends = POINTS.map(({ to }) => to).filter((state) => hasEnded({ state }));
  expect(ends).toEqual(["done", "aborted"]);
});

test("what no name needs is passed over", () => {
  const superuser = planFor({ wish: named("POSTGRES_PASSWORD") });
  expect(path(rotationOf(superuser))).toEqual(
    "stage prepare-roles verify commit flip soak retire close-roles done".split(" "),
  );
  const generated = planFor({ wish: named("BETTER_AUTH_SECRET") });
  expect(path(rotationOf(generated))).toEqual(
    "stage expand verify commit flip soak retire contract done".split(" "),
  );
  expect(path(rotationOf(generated, { state: "undoing" }))).toEqual(["undo-rollout", "discard"]);
  expect(path(rotationOf(generated, { state: "curing" })).slice(0, 3)).toEqual(["cure", "flip", "soak"]);
});

test("what cannot be given up yet soaks on", () => {
  expect(nextPoint(rotationOf({ names }, { state: "soak" }), [])).toBeUndefined();
  expect(nextPoint(rotationOf({ names }, { state: "closed" }), [])?.name).toBe("soak");
});

test("before the commit a rotation is undone, after it cured, and not twice", () => {
  const [pepper, database] = [
    stateOf("API_KEY_PEPPER", "pepper", 2, 1),
    stateOf("DATABASE_URL", "database", 2, 1),
  ];
  const committed = { version: 2, states: [pepper, database] };
  const stateAfter = (state: RotationState, store = committed, more = {}) =>
    giveUp(rotationOf({ names }, { state, ...more }), store, "why")?.state;
  expect(stateAfter("verified", { version: 1, states: [] })).toBe("undoing");
  expect(stateAfter("verified")).toBe("curing");
  expect(stateAfter("flipped")).toBe("curing");
  expect(stateAfter("flipped", committed, { cured: true })).toBeUndefined();
  expect(stateAfter("contracted")).toBeUndefined();
  expect(
    stateAfter("soak", { version: 3, states: [pepper, stateOf("DATABASE_URL", "database", 3, 2)] }),
  ).toBeUndefined();
});

test("a pepper is closed when no key stands on it, a login when nobody is logged in, at once when it leaked", () => {
  const states = [
    stateOf("API_KEY_PEPPER", "pepper", 2, 1),
    stateOf("DATABASE_URL", "database", [2, "shop_b"], [1, "shop_a"]),
  ];
  const rotation = rotationOf({ names }, { state: "soak", soakUntil: NOW });
  const looked = {
    now: NOW,
    states,
    retired: [],
    keys: { API_KEY_PEPPER: [{ n: 1, count: 3 }] },
    sessions: { shop_a: 1 },
  };
  expect(closing(rotation, looked).waiting.map(({ why }) => why)).toEqual([
    "3 API keys of version 1 not used since",
    "1 session of shop_a",
  ]);
  expect(closing(rotation, { ...looked, keys: {}, sessions: {} }).closable).toEqual([]);
  expect(
    closing(rotation, { ...looked, keys: { API_KEY_PEPPER: [] }, sessions: { shop_a: 0 } }).closable,
  ).toEqual(ALL);
  expect(closing(rotation, { ...looked, retired: ["API_KEY_PEPPER"] }).closable).toEqual(["API_KEY_PEPPER"]);
  expect(closing({ ...rotation, cause: "compromised" }, looked).closable).toEqual(ALL);
  const early = closing(rotation, { ...looked, now: NOW - 1, sessions: { shop_a: 0 } });
  expect(early.waiting[1]?.why).toBe("accepted until 2026-03-01T00:00:00.000Z");
});

test("the one that moves comes first, and is what an abort means", () => {
  const [soaking, moving] = [
    rotationOf({ names }, { state: "soak" }),
    rotationOf({ names }, { id: 2, state: "flipped" }),
  ];
  expect(inTurn([soaking, moving]).map(({ id }) => id)).toEqual([2, 1]);
  expect(abortable([soaking, moving])?.id).toBe(2);
  expect(abortable([soaking, { ...moving, state: "done" }])?.id).toBe(1);
});

test("retired is the oldest that still accepts a former value, and nothing while another moves", () => {
  const soaking = [1, 2].map((id) => rotationOf({ names }, { id, state: "soak" }));
  expect(retirable(soaking, "DATABASE_URL")?.id).toBe(1);
  expect(retirable(soaking, "POSTGRES_PASSWORD")).toBeUndefined();
  const moving = rotationOf({ names }, { id: 3, state: "staged" });
  expect(retirable([...soaking, moving], "DATABASE_URL")).toBeUndefined();
});

test("a value is due `every` after it was made, and never without", () => {
  const config = secretsConfig(`every = "30d"`);
  const state = stateOf("STRIPE_SECRET_KEY", "external", 1);
  expect(dueAt(config, state)).toBe(Date.parse("2026-01-31T00:00:00Z"));
  expect(dueAt(secretsConfig(), state)).toBeUndefined();
});
