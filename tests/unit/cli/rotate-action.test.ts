import { expect, test } from "bun:test";
import { rotationAction } from "../../../agent/cli/rotate/action.ts";
import { failureOf, outcomeOf, rotationDocument } from "../../../agent/cli/rotate/result.ts";
import type { Rotation } from "../../../agent/plan/rotate/types.ts";

const action = (args: string[], options: Record<string, unknown> = {}) => rotationAction({ args, options });

test("without a word it is what is due; names, --all and --back say what instead", () => {
  expect(action([])).toEqual({ do: "rotate", wish: { which: "due", names: [], compromised: false } });
  expect(action(["A"])).toMatchObject({ wish: { which: "named", names: ["A"] } });
  expect(action([], { all: true, dryRun: true })).toMatchObject({ do: "preview", wish: { which: "all" } });
  expect(action([], { back: "A" })).toMatchObject({ wish: { which: "back", names: ["A"] } });
  expect(action([], { retire: "A" })).toEqual({ do: "retire", name: "A" });
});

test("what contradicts itself is refused, and so is a leak of nothing in particular", () => {
  for (const [args, options] of [
    [["A"], { all: true }],
    [[], { all: true, due: true }],
    [[], { resume: true, abort: true }],
    [["A"], { settle: true }],
    [[], { compromised: true }],
    [[], { abort: true, compromised: true }],
    [[], { back: "A", compromised: true }],
  ] as const)
    expect(() => action([...args], options)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

const rotation = (change: Partial<Rotation>): Rotation => ({
  ...{ id: 3, state: "soak", cause: "asked", names: [], fromVersion: 1, toVersion: 2, startedAt: 1 },
  ...{ soakUntil: 9, endedAt: undefined, cured: false, result: undefined, why: undefined, who: "me" },
  ...change,
});

test("each end has its word, and what is not in use is a failure that was put right", () => {
  expect(outcomeOf(undefined)).toBe("nothing-due");
  expect(outcomeOf(rotation({}))).toBe("rotated");
  expect(outcomeOf(rotation({ state: "done", result: "done" }))).toBe("contracted");
  const aborted = rotation({ state: "aborted", result: "aborted", why: "provider: no" });
  expect([outcomeOf(aborted), failureOf(aborted)?.exitCode]).toEqual(["aborted", 3]);
  expect(failureOf(aborted)?.message).toContain("provider: no");
  expect([outcomeOf(rotation({ cured: true })), failureOf(rotation({ cured: true }))?.exitCode]).toEqual([
    "cured",
    3,
  ]);
  expect(failureOf(rotation({}))).toBeUndefined();
});

test("the document says what was rotated, and null for what is not", () => {
  const more = { left: [], durationMs: 5, services: [] };
  expect(rotationDocument(undefined, more)).toEqual({
    ...{ rotation: null, state: null, result: "nothing-due", names: [], soakUntil: null },
    ...more,
  });
  expect(rotationDocument(rotation({}), more)).toMatchObject({ rotation: 3, state: "soak", soakUntil: 9 });
});
