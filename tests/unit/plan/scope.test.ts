import { expect, test } from "bun:test";
import { planDeploy } from "../../../agent/plan/deploy.ts";
import { renderStep } from "../../../agent/plan/render.ts";
import { desiredOf } from "../../support/desired.ts";
import { act, emptyWorld, observedOf } from "../../support/plan-world.ts";

const GATEWAY = { only: ["gateway"], databases: ["database"] };

function deployed(only: readonly string[] = []) {
  const world = emptyWorld();
  const desired = desiredOf();
  for (const step of planDeploy(desired, observedOf(world), { only, databases: [] }).steps)
    act(world, desired, step);
  return world;
}

const next = (world: ReturnType<typeof deployed>) =>
  planDeploy(desiredOf({ images: { gateway: "sha256:next" } }), observedOf(world), GATEWAY);

test("a database that a service needs has its roles before the service starts, asked for or not", () => {
  const words = next(deployed()).steps.map(renderStep);
  expect(words.slice(0, 2)).toEqual(["set the roles of database", "start gateway-green until ready"]);
});

test("what is missing comes along, also behind a needed service that is there", () => {
  const world = deployed();
  world.containers = world.containers.filter(({ name }) => name !== "demo-database-1");
  const { services } = next(world);
  expect(services.map(({ service }) => service)).toEqual(["database", "gateway", "ingress"]);
});

test("no roles are set in a database that only services out of the scope need", () => {
  const { steps } = planDeploy(desiredOf(), observedOf(emptyWorld()), {
    only: ["database"],
    databases: ["other"],
  });
  expect(steps.map(renderStep)).toEqual(["start database until ready"]);
});
