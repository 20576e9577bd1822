import { expect, test } from "bun:test";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { systemFiles } from "../../../agent/host/system-files.ts";
import { isUnderWay } from "../../../agent/plan/rotate/machine.ts";
import { FILE_CHANGES, guarded } from "../../support/kill-points.ts";
import { killedAt, rotate, rotations, see } from "../../support/rotation-commands.ts";
import { checkAlways, makeKey } from "../../support/rotation-invariants.ts";
import { type RotationWorld, rotationWorld } from "../../support/rotation-world.ts";

const ALL = [
  "API_KEY_PEPPER",
  "BETTER_AUTH_SECRET",
  "DATABASE_URL",
  "POSTGRES_PASSWORD",
  "STRIPE_SECRET_KEY",
];
/** Loops are cut into pieces that run side by side. */
const PIECES = 6;

type Counter = { calls: number };

/** Lets call number `at` of these fail, once. */
function failing(counter: Counter, at: number, error: Error) {
  return (_: string, __: readonly unknown[], call: () => unknown): unknown => {
    counter.calls += 1;
    if (counter.calls === at) throw error;
    return call();
  };
}

const FULL = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
const REFUSED = new SoloflowError("engine", "the engine does not answer");

const BREAK = {
  "a file cannot be written"(world: RotationWorld, counter: Counter, at: number) {
    const files = guarded(systemFiles, FILE_CHANGES, failing(counter, at, FULL));
    Object.assign(world.host, { files });
  },
  "the engine or the database refuses a call"(world: RotationWorld, counter: Counter, at: number) {
    const engine = guarded(
      world.host.engine,
      ["containers", "exec", "stop", "remove"],
      failing(counter, at, REFUSED),
    );
    Object.assign(world.host, { engine });
  },
  "a container is not started"(world: RotationWorld, counter: Counter, at: number) {
    const { exec } = world.host;
    const once = failing(counter, at, REFUSED);
    Object.assign(world.host, {
      exec: async (...given: Parameters<typeof exec>) => once("exec", given, () => exec(...given)),
    });
  },
};

/** Whatever was refused, in whichever command: every promise holds, and it says what it was. */
async function run(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (thrown) {
    expect(thrown instanceof SoloflowError || thrown === FULL).toBe(true);
  }
}

for (const [what, breakIt] of Object.entries(BREAK))
  for (let piece = 1; piece <= PIECES; piece += 1)
    test.concurrent(`wherever ${what}, every promise holds and the next commands converge (${piece} of ${PIECES})`, async () => {
      for (let at = piece; ; at += PIECES) {
        using world = await rotationWorld();
        const key = makeKey(world);
        const [counter, host] = [{ calls: 0 }, { ...world.host }];
        breakIt(world, counter, at);
        await run(() => rotate(world, ALL));
        Object.assign(world.host, host);
        await checkAlways(world, [key]);
        await see(world, { do: "settle" });
        expect(rotations(world).filter(isUnderWay)).toEqual([]);
        expect((await rotate(world, ALL)).rotation).toMatchObject({ state: "soak" });
        await checkAlways(world, [key]);
        if (counter.calls < at) break;
      }
    });

test("a staged version that is torn is thrown away", async () => {
  using world = await rotationWorld();
  await killedAt(world, "stage:after", () => rotate(world, ALL));
  truncateSync(join(world.project.paths.secrets, "v0003.age"), 50);
  expect(await see(world, { do: "settle" })).toMatchObject([{ result: "aborted" }]);
  expect((await rotate(world, ALL)).rotation).toMatchObject({ state: "soak" });
});

test("CURRENT that points to nothing is named, and nothing is done", async () => {
  using world = await rotationWorld();
  writeFileSync(join(world.project.paths.secrets, "CURRENT"), "v0042.age\n");
  await expect(rotate(world, ALL)).rejects.toMatchObject({ code: "secrets-pointer" });
  expect(rotations(world)).toEqual([]);
});

test("a clock that is set back gives nothing up too early", async () => {
  using world = await rotationWorld();
  await rotate(world, ["BETTER_AUTH_SECRET"]);
  world.host.clock.advance(-3_600_000);
  expect(await see(world, { do: "settle" })).toEqual([]);
});
