import { afterAll, beforeAll, test } from "bun:test";
import { POINTS } from "../../agent/plan/rotate/machine.ts";
import { checkKilled, giveExternal, kindsAt } from "../support/rotating-stack.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";

let stack: StackProject;
beforeAll(async () => {
  stack = await stackProject();
  await giveExternal(stack);
  await stack.must("deploy");
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose](), 60_000);

/** One run a point, kinds and sides in turn; all of them are in rotate-killed.full.test.ts. */
for (const [index, point] of POINTS.entries()) {
  const kinds = kindsAt(point);
  const [mark, kind] = [index % 2 === 0 ? "before" : "after", kinds[index % kinds.length]] as const;
  if (kind === undefined) throw new Error(`no kind comes to ${point.name}`);
  test(
    `killed ${mark} ${point.name} with ${kind.name} the stack serves on, and the next command converges`,
    () => checkKilled(stack, point.name, mark, kind),
    180_000,
  );
}
