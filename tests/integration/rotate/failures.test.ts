import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { isUnderWay, POINTS } from "../../../agent/plan/rotate/machine.ts";
import { openSecrets } from "../../../agent/run/secrets/open-secrets.ts";
import { recoverable } from "../../../agent/run/secrets/recover-secrets.ts";
import { FILE_CHANGES, guarded } from "../../support/kill-points.ts";
import { rotate, rotations, see } from "../../support/rotation-commands.ts";
import { checkAlways, type MadeKey, makeKey } from "../../support/rotation-invariants.ts";
import { type RotationWorld, rotationWorld } from "../../support/rotation-world.ts";

// Loops over all points, side by side.
setDefaultTimeout(300_000);

const DAY_MS = 86_400_000;
const ALL = [
  "API_KEY_PEPPER",
  "BETTER_AUTH_SECRET",
  "DATABASE_URL",
  "POSTGRES_PASSWORD",
  "STRIPE_SECRET_KEY",
];
const PAIR = ["API_KEY_PEPPER", "DATABASE_URL"];
/** Those that a rotation comes to by itself, up to SOAK. */
const ON_THE_WAY = POINTS.slice(0, 7).flatMap(({ name }) => [`${name}:before`, `${name}:after`]);
/** From its entry on CURRENT names the new version. */
const COMMITTED = ON_THE_WAY.indexOf("commit:after");

/** What it ended with: a rotation, or an error that tells a person what it was, and what to do. */
async function outcome(command: () => Promise<unknown>): Promise<SoloflowError | undefined> {
  try {
    await command();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof SoloflowError)) throw thrown;
    expect([thrown.message.length > 0, thrown.hint]).toEqual([true, expect.any(String)]);
    return thrown;
  }
}

/** Does something at a point of the journal, once. */
function at(world: RotationWorld, point: string, act: () => void): void {
  let done = false;
  Object.assign(world.host, {
    fault(here: string) {
      if (here !== point || done) return;
      done = true;
      act();
    },
  });
}

/** Nothing is under way any more after one more command, and the next rotation goes through. */
async function checkConverges(world: RotationWorld, keys: readonly MadeKey[], names = ALL): Promise<void> {
  await see(world, { do: "settle" });
  expect(rotations(world).filter(isUnderWay)).toEqual([]);
  await checkAlways(world, keys);
  expect((await rotate(world, names)).rotation).toMatchObject({ cured: false, result: undefined });
  await checkAlways(world, keys);
}

const ENGINE_CALLS = ["containers", "container", "exec", "start", "stop", "remove", "logs"];

function gone(): never {
  throw new SoloflowError("engine", "the engine does not answer", { hint: "systemctl status docker" });
}

function readOnly(): never {
  throw Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
}

/** Each breaks something for good; what it gives mends it. */
const BREAK: Readonly<Record<string, (world: RotationWorld) => () => void>> = {
  "the engine is gone"({ host }) {
    const { engine, exec } = host;
    Object.assign(host, { engine: guarded(engine, ENGINE_CALLS, gone), exec: async () => gone() });
    return () => void Object.assign(host, { engine, exec });
  },
  "the database refuses"({ host }) {
    const { engine } = host;
    const output = "FATAL: the database system is shutting down";
    Object.assign(host, { engine: guarded(engine, ["exec"], async () => ({ code: 2, output })) });
    return () => void Object.assign(host, { engine });
  },
  "no file can be written"({ host }) {
    const { files } = host;
    Object.assign(host, { files: guarded(files, FILE_CHANGES, async () => readOnly()) });
    return () => void Object.assign(host, { files });
  },
};

for (const [what, breakIt] of Object.entries(BREAK))
  test.concurrent(`from any point on ${what}: everybody is served, it says so, and then one command converges`, async () => {
    for (const point of ON_THE_WAY) {
      using world = await rotationWorld();
      const key = makeKey(world);
      let mend = () => {};
      at(world, point, () => {
        mend = breakIt(world);
      });
      await outcome(() => rotate(world, ALL));
      mend();
      await checkAlways(world, [key]);
      await checkConverges(world, [key]);
    }
  });

/** Spoils the store, and gives what puts it right, where it is still spoilt. */
const DAMAGE: Readonly<Record<string, (folder: string, version: number) => () => void>> = {
  "points to nothing"(folder) {
    const pointer = join(folder, "CURRENT");
    const [before, nothing] = [readFileSync(pointer), "v0042.age\n"];
    writeFileSync(pointer, nothing);
    return () => {
      if (readFileSync(pointer, "utf8") === nothing) writeFileSync(pointer, before);
    };
  },
  "is torn"(folder, version) {
    const file = join(folder, `v000${version}.age`);
    const before = readFileSync(file);
    truncateSync(file, 50);
    return () => writeFileSync(file, before);
  },
};

for (const [what, damage] of Object.entries(DAMAGE))
  test.concurrent(`a store that ${what} in the middle is named, nobody notices, and with the file of before one command converges`, async () => {
    for (const [index, point] of ON_THE_WAY.entries()) {
      using world = await rotationWorld();
      const key = makeKey(world);
      let putRight = () => {};
      at(world, point, () => {
        putRight = damage(world.project.paths.secrets, index < COMMITTED ? 2 : 3);
      });
      const thrown = await outcome(() => rotate(world, PAIR));
      if (thrown !== undefined) expect(thrown.code).toMatch(/^secrets-(pointer|torn|forged)$/);
      await checkAlways(world, [key]);
      putRight();
      await checkConverges(world, [key], PAIR);
    }
  });

for (const [what, damage] of Object.entries(DAMAGE))
  test.concurrent(`a store that ${what} in the middle is recovered with the agent's own command: nobody notices, and it goes on`, async () => {
    for (const [index, point] of ON_THE_WAY.entries()) {
      using world = await rotationWorld();
      // So that there is an earlier version which has everything.
      await rotate(world, ["BETTER_AUTH_SECRET"]);
      const key = makeKey(world);
      at(world, point, () => void damage(world.project.paths.secrets, index < COMMITTED ? 3 : 4));
      if ((await outcome(() => rotate(world, PAIR))) === undefined) continue;
      await (await recoverable(world.host, world.project, undefined)).take();
      await checkConverges(world, [key], PAIR);
    }
  });

test.concurrent("a clock that is set in the middle, forward or back, takes nothing from who has an old key", async () => {
  for (const ms of [-400 * DAY_MS, 400 * DAY_MS])
    for (const point of ON_THE_WAY) {
      using world = await rotationWorld();
      const key = makeKey(world);
      world.postgres.keys = [{ n: key.n, count: 1 }];
      at(world, point, () => world.host.clock.advance(ms));
      expect((await rotate(world, PAIR)).rotation).toMatchObject({ state: "soak", cured: false });
      await checkAlways(world, [key]);
      await checkConverges(world, [key], PAIR);
    }
});

test("a clock that is set during SOAK: back it waits on, forward what is in use stays accepted, and on it goes", async () => {
  using world = await rotationWorld();
  const key = makeKey(world);
  world.postgres.keys = [{ n: key.n, count: 1 }];
  await rotate(world, PAIR);
  const before = await openSecrets(world.host, world.project);
  world.host.clock.advance(-400 * DAY_MS);
  expect(await see(world, { do: "settle" })).toEqual([]);
  expect((await openSecrets(world.host, world.project))?.version).toBe(before?.version ?? 0);
  world.host.clock.advance(800 * DAY_MS);
  expect(await see(world, { do: "settle" })).toMatchObject([{ state: "soak" }]);
  await checkAlways(world, [key]);
  world.host.clock.advance(-400 * DAY_MS);
  await checkConverges(world, [key]);
});
