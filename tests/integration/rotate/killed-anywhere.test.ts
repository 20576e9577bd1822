import { expect, test } from "bun:test";
import fc from "fast-check";
import { systemFiles } from "../../../agent/host/system-files.ts";
import { POINTS } from "../../../agent/plan/rotate/machine.ts";
import { FILE_CHANGES, guarded } from "../../support/kill-points.ts";
import { killedAt, rotate, see } from "../../support/rotation-commands.ts";
import { checkAlways, checkSettled, makeKey } from "../../support/rotation-invariants.ts";
import { Killed, type RotationWorld, rotationWorld } from "../../support/rotation-world.ts";

const ALL = [
  "API_KEY_PEPPER",
  "BETTER_AUTH_SECRET",
  "DATABASE_URL",
  "POSTGRES_PASSWORD",
  "STRIPE_SECRET_KEY",
];
/** The loop over all changes is cut into pieces that run side by side. */
const PIECES = 6;
const DAY_MS = 86_400_000;

/** What changes something, and what does not: a dead agent does neither. */
const CHANGES = [...FILE_CHANGES, "exec", "stop", "remove"];
const READS = ["readText", "readBytes", "stat", "list", "containers", "container"];

/** The command dies before change number `at`: from there on nothing of it happens any more. */
async function dies(world: RotationWorld, at: number, command: () => Promise<unknown>): Promise<boolean> {
  let changes = 0;
  const before = (name: string, _: readonly unknown[], call: () => unknown): unknown => {
    if (CHANGES.includes(name)) changes += 1;
    if (changes >= at) throw new Killed(`change ${at}`);
    return call();
  };
  const { files, engine, exec } = world.host;
  Object.assign(world.host, {
    files: guarded(systemFiles, [...CHANGES, ...READS], before),
    engine: guarded(engine, [...CHANGES, ...READS], before),
    exec: async (...given: Parameters<typeof exec>) => before("exec", given, () => exec(...given)),
  });
  try {
    await command();
  } catch {
    // Dead: what it would have said nobody hears.
  }
  Object.assign(world.host, { files, engine, exec });
  return changes >= at;
}

for (let piece = 1; piece <= PIECES; piece += 1)
  test.concurrent(`killed before any change every promise holds, and the next commands converge (${piece} of ${PIECES})`, async () => {
    for (let at = piece; ; at += PIECES) {
      using world = await rotationWorld();
      const key = makeKey(world);
      const died = await dies(world, at, () => rotate(world, ALL));
      await checkAlways(world, [key]);
      await see(world, { do: "settle" });
      await checkAlways(world, [key]);
      await checkSettled(world);
      expect((await rotate(world, ALL)).rotation).toMatchObject({ state: "soak", cured: false });
      await checkAlways(world, [key]);
      if (!died) break;
    }
  });

const point = fc.constantFrom(...POINTS.flatMap(({ name }) => [`${name}:before`, `${name}:after`]));

test("killed again and again, at whatever points and in whatever commands, it converges", async () => {
  const steps = fc.array(fc.tuple(fc.constantFrom("rotate", "settle", "abort", "resume", "wait"), point), {
    minLength: 2,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (commands) => {
      using world = await rotationWorld();
      const key = makeKey(world);
      world.postgres.keys = [{ n: 1, count: 1 }];
      for (const [command, at] of commands) {
        await killedAt(world, at, () => act(world, command)).catch(() => undefined);
        await checkAlways(world, [key]);
      }
      await see(world, { do: "settle" });
      await checkAlways(world, [key]);
      await checkSettled(world);
    }),
    { numRuns: 25 },
  );
});

async function act(world: RotationWorld, command: "rotate" | "settle" | "abort" | "resume" | "wait") {
  if (command === "rotate") return rotate(world, ALL);
  if (command === "wait") world.host.clock.advance(DAY_MS);
  return command === "wait" ? undefined : see(world, { do: command });
}

test("what was cut off in a stack that was taken down is settled without starting anything", async () => {
  using world = await rotationWorld();
  await killedAt(world, "expand:after", () => rotate(world, ALL));
  world.containers.splice(0);
  expect(await see(world, { do: "settle" })).toMatchObject([{ result: "aborted" }]);
  expect(world.containers).toEqual([]);
});
