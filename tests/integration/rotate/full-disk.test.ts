import { expect, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { isUnderWay } from "../../../agent/plan/rotate/machine.ts";
import { type SmallDisk, smallDisk } from "../../support/full-disk.ts";
import { FILE_CHANGES, guarded } from "../../support/kill-points.ts";
import { rotate, rotations, see } from "../../support/rotation-commands.ts";
import { checkAlways, makeKey } from "../../support/rotation-invariants.ts";
import { type RotationWorld, rotationWorld } from "../../support/rotation-world.ts";

const PAIR = ["API_KEY_PEPPER", "DATABASE_URL"];

/** The state of a project moves to a disk of its own, which can be filled. */
async function onSmallDisk({ project }: RotationWorld): Promise<SmallDisk> {
  const { state } = project.paths;
  const aside = mkdtempSync("/dev/shm/sft-");
  cpSync(state, aside, { recursive: true });
  const disk = await smallDisk(state, 1 << 20);
  cpSync(aside, state, { recursive: true });
  rmSync(aside, { recursive: true });
  return disk;
}

/** Fills the disk just before write number `at`, of a file or into the database; counts the writes. */
function fillAt({ host }: RotationWorld, disk: SmallDisk, at: number): { writes: number } {
  const counter = { writes: 0 };
  const count = (_: string, __: readonly unknown[], call: () => unknown) => {
    counter.writes += 1;
    if (counter.writes === at) disk.fill();
    return call();
  };
  const files = guarded(host.files, FILE_CHANGES, count);
  // Whatever is written into the database has its time.
  const clock = guarded(host.clock, ["now"], count);
  Object.assign(host, { files, clock });
  return counter;
}

test("a disk that is full from any write on: everybody is served, it says so, and with room one command converges", async () => {
  for (let at = 1; ; at += 1) {
    using world = await rotationWorld();
    await using disk = await onSmallDisk(world);
    const key = makeKey(world);
    const { files, clock } = world.host;
    const counter = fillAt(world, disk, at);
    const thrown = await rotate(world, PAIR).then(
      () => undefined,
      (error: unknown) => error,
    );
    Object.assign(world.host, { files, clock });
    disk.free();
    await checkAlways(world, [key]);
    if (counter.writes < at) return expect(thrown).toBeUndefined();
    if (thrown !== undefined) expect(thrown).toBeInstanceOf(SoloflowError);
    if (thrown !== undefined) expect(String(thrown)).toMatch(/disk is full|no space left/i);
    await see(world, { do: "settle" });
    expect(rotations(world).filter(isUnderWay)).toEqual([]);
    expect((await rotate(world, ["API_KEY_PEPPER"])).rotation).toMatchObject({ state: "soak" });
    await checkAlways(world, [key]);
  }
}, 120_000);
