import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { LABEL } from "../../../agent/plan/labels.ts";
import { pruneSecrets } from "../../../agent/run/deploy/prune-secrets.ts";
import { readDeliveries } from "../../../agent/run/secrets/delivery-record.ts";
import { killedAt, rotate, see } from "../../support/rotation-commands.ts";
import { type RotationWorld, rotationWorld } from "../../support/rotation-world.ts";

/** As `docker container prune` does with what has ended, or `down` with all. */
function remove(world: RotationWorld, isGone: (service: string) => boolean): void {
  const left = world.containers.filter(({ labels }) => !isGone(labels[LABEL.service] ?? ""));
  world.containers.splice(0, Number.POSITIVE_INFINITY, ...left);
}

test("a one-shot whose container was removed keeps its secrets as long as the model names them", async () => {
  using world = await rotationWorld();
  const known = { name: world.project.config.project, paths: world.project.paths };
  const services = async () => (await readDeliveries(world.host, known)).map(({ service }) => service);
  remove(world, (service) => service === "migrate");
  await rotate(world, ["POSTGRES_PASSWORD"]);
  expect(await services()).toContain("migrate");
  await pruneSecrets(world.host, known);
  expect(await services()).not.toContain("migrate");
});

test("what was cut off is brought to its end after down too, and nothing decrypted lies about for it", async () => {
  using world = await rotationWorld();
  await killedAt(world, "flip:before", () => rotate(world, ["DATABASE_URL"]));
  remove(world, () => true);
  const known = { name: world.project.config.project, paths: world.project.paths };
  await pruneSecrets(world.host, known);
  expect(await see(world, { do: "settle" })).toMatchObject([{ state: "soak" }]);
  const root = join(world.project.paths.run, "secrets");
  expect(existsSync(root) ? readdirSync(root) : []).toEqual([]);
});
