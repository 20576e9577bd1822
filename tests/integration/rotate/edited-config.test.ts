import { expect, test } from "bun:test";
import type { SecretConfig } from "../../../agent/config/config.ts";
import { rotate, rotations, see } from "../../support/rotation-commands.ts";
import { type RotationWorld, rotationWorld } from "../../support/rotation-world.ts";

const DAY_MS = 86_400_000;

/** soloflow.toml is edited and not deployed; undefined takes the name out. */
function edit({ project }: RotationWorld, name: string, secret: SecretConfig | undefined): void {
  const { [name]: _, ...others } = project.config.secret;
  const edited = secret === undefined ? others : { ...others, [name]: secret };
  Object.assign(project, { config: { ...project.config, secret: edited } });
}

const mayLogIn = ({ postgres }: RotationWorld) =>
  [...postgres.roles].filter(([, { mayLogIn }]) => mayLogIn).map(([role]) => role);

test("a service that a name was written for and not deployed with is no part of its rotation", async () => {
  using world = await rotationWorld();
  edit(world, "BETTER_AUTH_SECRET", { kind: "generated", for: ["gateway"] });
  const { rotation } = await rotate(world, ["BETTER_AUTH_SECRET"]);
  expect(rotation).toMatchObject({ state: "soak", names: [{ services: ["provider"] }] });
});

test("a login that was taken out of soloflow.toml while it soaked is closed all the same", async () => {
  using world = await rotationWorld();
  await rotate(world, ["DATABASE_URL"]);
  edit(world, "DATABASE_URL", undefined);
  world.host.clock.advance(2 * DAY_MS);
  expect(await see(world, { do: "settle" })).toMatchObject([{ state: "done" }]);
  expect(mayLogIn(world)).toEqual(["postgres", "demo_b"]);
});

test("roles that soloflow.toml names since are not closed for those that were rotated", async () => {
  using world = await rotationWorld();
  await rotate(world, ["DATABASE_URL"]);
  const before = world.project.config.secret.DATABASE_URL;
  if (before !== undefined) edit(world, "DATABASE_URL", { ...before, roles: ["demo_b", "demo_c"] });
  world.host.clock.advance(2 * DAY_MS);
  await see(world, { do: "settle" });
  expect(mayLogIn(world)).toEqual(["postgres", "demo_b"]);
  expect(rotations(world)).toMatchObject([{ state: "done" }]);
});

test("roles that another secret has by now stay open", async () => {
  using world = await rotationWorld();
  await rotate(world, ["DATABASE_URL"]);
  const before = world.project.config.secret.DATABASE_URL;
  edit(world, "DATABASE_URL", undefined);
  edit(world, "OTHER_URL", before);
  world.host.clock.advance(2 * DAY_MS);
  await see(world, { do: "settle" });
  expect(mayLogIn(world)).toEqual(["postgres", "demo_a", "demo_b"]);
});
