import { expect, test } from "bun:test";
import { POINTS, type PointName } from "../../../agent/plan/rotate/machine.ts";
import { killedAt, rotate, see } from "../../support/rotation-commands.ts";
import { checkAlways, checkSettled, type MadeKey, makeKey } from "../../support/rotation-invariants.ts";
import { type RotationWorld, rotationWorld } from "../../support/rotation-world.ts";

const KINDS = {
  pepper: ["API_KEY_PEPPER"],
  generated: ["BETTER_AUTH_SECRET"],
  database: ["DATABASE_URL"],
  superuser: ["POSTGRES_PASSWORD"],
  external: ["STRIPE_SECRET_KEY"],
  all: ["API_KEY_PEPPER", "BETTER_AUTH_SECRET", "DATABASE_URL", "POSTGRES_PASSWORD", "STRIPE_SECRET_KEY"],
} as const;
type Names = readonly string[];

const DAY_MS = 86_400_000;

/** A provider that was given what `isBad` says does not become ready. */
function refuse(world: RotationWorld, names: Names, isBad: (text: string) => boolean): void {
  world.refuses = (service, read) => service === "provider" && names.some((name) => isBad(read(name) ?? ""));
}

const isList = (text: string) => text.includes(",");
const isNew = (text: string) => /^2:/.test(text) || text.includes("demo_b") || text.includes("typed");

/** How a rotation comes to a point at which it can be killed. */
const WAYS: Readonly<Record<PointName, (world: RotationWorld, names: Names) => Promise<unknown>>> = {
  stage: rotate,
  "prepare-roles": rotate,
  expand: rotate,
  verify: rotate,
  commit: rotate,
  flip: rotate,
  soak: rotate,
  retire: soaked,
  contract: soaked,
  "close-roles": soaked,
  done: soaked,
  "undo-rollout": refusedExpanded,
  "undo-roles": refusedExpanded,
  discard: refusedExpanded,
  cure: refusedFlipped,
};

async function soaked(world: RotationWorld, names: Names): Promise<unknown> {
  const point = world.killAt;
  world.killAt = undefined;
  await rotate(world, names);
  world.host.clock.advance(2 * DAY_MS);
  world.killAt = point;
  return see(world, { do: "settle" });
}

async function refusedExpanded(world: RotationWorld, names: Names): Promise<unknown> {
  refuse(world, names, isList);
  return rotate(world, names);
}

async function refusedFlipped(world: RotationWorld, names: Names): Promise<unknown> {
  refuse(world, names, isNew);
  return rotate(world, names);
}

/** No key stands on the old version any more: each was used, and made anew with the one that issues. */
function useKeys(world: RotationWorld): MadeKey[] {
  const key = makeKey(world);
  world.postgres.keys = [{ n: key.n, count: 3 }];
  return [key];
}

for (const { name: point } of POINTS)
  for (const mark of ["before", "after"])
    test.concurrent(`killed ${mark} ${point} every promise holds, and the next commands converge, whatever the kind`, async () => {
      let reached = 0;
      for (const names of Object.values(KINDS)) {
        using world = await rotationWorld();
        let keys = useKeys(world);
        const died = await killedAt(world, `${point}:${mark}`, () => WAYS[point](world, names));
        world.refuses = () => false;
        if (point === "contract" || point === "close-roles" || point === "done") keys = useKeys(world);
        if (died) reached += 1;
        await checkAlways(world, keys);
        await see(world, { do: "settle" });
        await checkAlways(world, keys);
        await checkSettled(world);
        const again = (await rotate(world, names)).rotation;
        expect(again).toMatchObject({ state: expect.stringMatching(/^(soak|done)$/), cured: false });
        await checkAlways(world, keys);
        keys = useKeys(world);
        world.host.clock.advance(2 * DAY_MS);
        await see(world, { do: "settle" });
        await checkAlways(world, keys);
        await checkSettled(world);
      }
      expect(reached).toBeGreaterThan(0);
    });
