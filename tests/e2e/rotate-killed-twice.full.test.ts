import { afterAll, beforeAll, expect, test } from "bun:test";
import { POINTS, type PointName } from "../../agent/plan/rotate/machine.ts";
import { checkKilledTwice, giveExternal, kindsAt } from "../support/rotating-stack.ts";
import { settlings } from "../support/settling-path.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";

const MARKS = ["before", "after"] as const;

let stack: StackProject;
beforeAll(async () => {
  stack = await stackProject();
  await giveExternal(stack);
  await stack.must("deploy");
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose](), 60_000);

/** All that come to a point first, by every command that may follow, at every point of that; kinds and sides in turn. */
const pairs = POINTS.flatMap((point, index) =>
  MARKS.flatMap((mark, side) => {
    const kinds = kindsAt(point);
    const kind = kinds[(index + side) % kinds.length];
    if (kind === undefined) throw new Error(`no kind comes to ${point.name}`);
    const seconds = settlings(point, mark, kind).flatMap(({ command, points }) =>
      points.map((name) => ({ command, name })),
    );
    return seconds.map((second) => ({ first: { name: point.name, mark, kind }, second }));
  }),
).map(({ first, second }, index) => ({
  first,
  second: { command: second.command, name: second.name, mark: index % 2 === 0 ? MARKS[0] : MARKS[1] },
}));

test("what follows a kill is killed at every point that can follow one", () => {
  const seconds = new Set<PointName>(pairs.map(({ second }) => second.name));
  expect(POINTS.filter(({ name }) => !seconds.has(name)).map(({ name }) => name)).toEqual(["stage"]);
});

for (const { first, second } of pairs)
  test(
    `killed ${first.mark} ${first.name} with ${first.kind.name}, then ${second.command[0]} ${second.mark} ${second.name}: the next command converges`,
    () => checkKilledTwice(stack, first, second),
    180_000,
  );
