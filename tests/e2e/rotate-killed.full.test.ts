import { afterAll, beforeAll, expect, test } from "bun:test";
import { POINTS, type PointName } from "../../agent/plan/rotate/machine.ts";
import { startLoad } from "../support/load.ts";
import { checkCustomer, customerOf, killedRotation, TEST_PATH } from "../support/rotating-stack.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";

/** One real run a point and side of it, kinds in turn. */
const KINDS = [
  ["API_KEY_PEPPER"],
  ["BETTER_AUTH_SECRET"],
  ["DATABASE_URL"],
  ["POSTGRES_PASSWORD"],
  ["--all"],
];
const LISTS = [["API_KEY_PEPPER"], ["BETTER_AUTH_SECRET"]];
const MARKS = ["before", "after"] as const;

let stack: StackProject;
beforeAll(async () => {
  stack = await stackProject();
  await stack.must("deploy");
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose](), 60_000);

for (const [index, { name: point }] of POINTS.entries())
  for (const [side, mark] of MARKS.entries())
    test(`killed ${mark} ${point} the stack serves on, and the next command converges`, async () => {
      const customer = await customerOf(stack);
      const headers = { "X-API-Key": customer.key };
      const load = startLoad(stack.gateway + TEST_PATH, { perSecond: 20, headers });
      expect(await runTo(point, `${point}:${mark}`, index + side)).toBe("SIGKILL");
      await checkCustomer(stack, customer);
      await stack.must("rotate-secrets", "--settle");
      await checkCustomer(stack, customer);
      expect((await stack.agent("plan")).stdout).toContain("nothing to do");
      expect((await load.stop()).failures).toEqual([]);
    }, 180_000);

/** How a rotation comes to the point: on its way, when something is given up, or when it is aborted. */
function runTo(point: PointName, at: string, turn: number): Promise<string> {
  switch (point) {
    case "retire":
    case "contract":
    case "done":
      return givenUp(at, "API_KEY_PEPPER");
    case "close-roles":
      return givenUp(at, "DATABASE_URL");
    case "undo-rollout":
    case "discard":
      return aborted("verify:before", at, ["API_KEY_PEPPER"]);
    case "undo-roles":
      return aborted("verify:before", at, ["DATABASE_URL"]);
    case "cure":
      return aborted("flip:before", at, ["--all"]);
    case "prepare-roles":
      return killedRotation(stack, at, "DATABASE_URL");
    case "expand":
      return killedRotation(stack, at, ...(LISTS[turn % LISTS.length] ?? []));
    default:
      return killedRotation(stack, at, ...(KINDS[turn % KINDS.length] ?? []));
  }
}

/** The load has used its key meanwhile: nothing of a customer stands on the old value. */
async function givenUp(at: string, name: string): Promise<string> {
  await stack.must("rotate-secrets", name);
  await Bun.sleep(500);
  return killedRotation(stack, at, "--retire", name, "--yes");
}

async function aborted(before: string, at: string, names: string[]): Promise<string> {
  expect(await killedRotation(stack, before, ...names)).toBe("SIGKILL");
  return killedRotation(stack, at, "--abort");
}
