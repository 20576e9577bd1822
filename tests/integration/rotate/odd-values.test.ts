import { afterEach, beforeEach, expect, test } from "bun:test";
import { commitSecrets } from "../../../agent/run/secrets/commit-secrets.ts";
import { openSecrets } from "../../../agent/run/secrets/open-secrets.ts";
import { killedAt, rotate, rotations, see } from "../../support/rotation-commands.ts";
import { type RotationWorld, rotationWorld, versionsIn } from "../../support/rotation-world.ts";

const OLD = `taken,over,${"x".repeat(40)}`;
const NAMES = ["API_KEY_PEPPER", "BETTER_AUTH_SECRET"];

let world: RotationWorld;
beforeEach(async () => {
  world = await rotationWorld();
  const { host, project, progress } = world;
  const secrets = (await openSecrets(host, project))?.secrets ?? {};
  const versions = [{ n: 1, value: OLD, createdAt: new Date(0).toISOString() }] as const;
  const [API_KEY_PEPPER, BETTER_AUTH_SECRET] = [
    { kind: "pepper", versions },
    { kind: "generated", versions },
  ] as const;
  await commitSecrets(host, project, { ...secrets, API_KEY_PEPPER, BETTER_AUTH_SECRET }, progress);
});
afterEach(() => world[Symbol.dispose]());

const pepper = () => world.given("gateway", "API_KEY_PEPPER")[0] ?? "";

test("what no list can hold is refused, and exchanged at once where what it made may end", async () => {
  await expect(rotate(world, NAMES)).rejects.toThrow("comma");
  const { rotation } = await rotate(world, NAMES, { compromised: true });
  expect(rotation).toMatchObject({ state: "done", result: "done" });
  for (const text of [pepper(), world.given("provider", "BETTER_AUTH_SECRET")[0] ?? ""]) {
    expect(versionsIn(text).map(({ n }) => n)).toEqual([2]);
    expect(text).not.toContain("taken");
  }
});

test.each(["flip:before", "flip:after"])(
  "killed at %s it is finished, and no app ever has a list that it would misread",
  async (point) => {
    expect(await killedAt(world, point, () => rotate(world, NAMES, { compromised: true }))).toBe(true);
    await see(world, { do: "settle" });
    expect(rotations(world)[0]).toMatchObject({ state: "done" });
    expect(versionsIn(pepper()).map(({ n }) => n)).toEqual([2]);
  },
);

test("taken back, the apps have the old value just as it was", async () => {
  expect(
    await killedAt(world, "commit:before", () =>
      rotate(world, ["DATABASE_URL", ...NAMES], { compromised: true }),
    ),
  ).toBe(true);
  await see(world, { do: "abort" });
  expect(rotations(world)[0]).toMatchObject({ result: "aborted" });
  await rotate(world, ["DATABASE_URL"]);
  expect(pepper()).toBe(OLD);
});

test("an earlier value that no list can hold does not come back to an app that reads lists by now", async () => {
  const { project } = world;
  const name = "BETTER_AUTH_SECRET";
  const secret = { ...project.config.secret, [name]: { ...project.config.secret[name], accepts: 1 } };
  const config = { ...project.config, secret } as typeof project.config;
  await rotate({ ...world, project: { ...project, config } }, [name]);
  expect(world.given("provider", name)[0]).not.toContain(":");
  await expect(rotate(world, [name], { which: "back" })).rejects.toThrow("has a comma in it");
});
