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

for (const point of POINTS)
  for (const mark of ["before", "after"] as const)
    for (const kind of kindsAt(point))
      test(
        `killed ${mark} ${point.name} with ${kind.name} the stack serves on, and the next command converges`,
        () => checkKilled(stack, point.name, mark, kind),
        180_000,
      );
