import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LABEL } from "../../../agent/plan/labels.ts";
import { auditFile } from "../../../agent/run/audit/audit-log.ts";
import { modelFile } from "../../../agent/run/deploy/model-file.ts";
import { rotate, rotations } from "../../support/rotation-commands.ts";
import { rotationWorld } from "../../support/rotation-world.ts";

test("what an older agent has deployed is refused before anything is begun, with the way out", async () => {
  using world = await rotationWorld();
  const file = modelFile(world.project);
  const model = JSON.parse(readFileSync(file, "utf8"));
  delete model["x-soloflow"].upstreams;
  writeFileSync(file, JSON.stringify(model));
  await expect(rotate(world, ["BETTER_AUTH_SECRET"])).rejects.toMatchObject({
    code: "state",
    hint: expect.stringContaining("deploy once with this version first"),
  });
  expect(rotations(world)).toEqual([]);
});

test("what somebody has stopped is not started because an app that is rotated needs it", async () => {
  using world = await rotationWorld();
  const index = world.containers.findIndex(({ labels }) => labels[LABEL.service] === "database");
  const database = world.containers[index];
  if (database !== undefined) world.containers[index] = { ...database, state: "exited" };
  await expect(rotate(world, ["BETTER_AUTH_SECRET"])).rejects.toMatchObject({
    code: "not-ready",
    message: expect.stringContaining("database does not run as it was deployed"),
  });
  expect(rotations(world)).toEqual([]);
});

test("a log that was tampered with is found before anything is begun, and not when all is done", async () => {
  using world = await rotationWorld();
  await rotate(world, ["POSTGRES_PASSWORD"]);
  writeFileSync(auditFile(world.project), "");
  await expect(rotate(world, ["BETTER_AUTH_SECRET"])).rejects.toMatchObject({ code: "audit" });
  expect(rotations(world)).toHaveLength(1);
});
