import { expect, test } from "bun:test";
import { planDeploy } from "../../../agent/plan/deploy.ts";
import { renderStep } from "../../../agent/plan/render.ts";
import { desiredOf, STACK_TOML } from "../../support/desired.ts";
import { act, emptyWorld, observedOf, type World } from "../../support/plan-world.ts";

const ALL = { only: [], databases: [] };
/** As the state folder keeps it: a slot stays with its service. */
const layout = { subnet: "10.219.0.0/24", slots: { gateway: 0, provider: 1 } };
const both = desiredOf({ layout });
const replaced = (...services: string[]) =>
  desiredOf({
    layout,
    toml: services.reduce(
      (toml, name) => toml.replace(`[service.${name}]`, `[service.${name}]\ndeploy = "replace"`),
      STACK_TOML,
    ),
  });

function deploy(world: World, to: typeof both, killedAfter = Number.POSITIVE_INFINITY): World {
  for (const step of planDeploy(to, observedOf(world), ALL).steps.slice(0, killedAfter)) act(world, to, step);
  return world;
}

const names = (world: World) => world.containers.map(({ name }) => name.replace("demo-", "")).sort();
const shapes = [both, replaced("gateway"), replaced("provider"), replaced("gateway", "provider")];

test("a service that overlaps no more gets its port back before it starts, and its colour goes", () => {
  const world = deploy(emptyWorld(), both);
  const words = planDeploy(replaced("gateway"), observedOf(world), ALL).steps.map(renderStep);
  const stop = words.findIndex((line) => line.startsWith("stop demo-ingress-1"));
  const start = words.findIndex((line) => line.includes("gateway until ready"));
  expect([stop, start]).toEqual([0, 1]);
  deploy(world, replaced("gateway"));
  expect(names(world)).toEqual(["database-1", "gateway-1", "ingress-1", "migrate-1", "provider-blue-1"]);
});

test("when nothing overlaps any more the ingress goes too", () => {
  const world = deploy(deploy(emptyWorld(), both), replaced("gateway", "provider"));
  expect(names(world)).toEqual(["database-1", "gateway-1", "migrate-1", "provider-1"]);
});

test("one of two that leave the ingress cannot leave alone: the other would be cut off", () => {
  const world = deploy(emptyWorld(), both);
  const part = { only: ["gateway"], databases: [] };
  expect(() => planDeploy(replaced("gateway", "provider"), observedOf(world), part)).toThrow("provider");
});

test("from any way of deploying to any other, killed anywhere: no port is taken twice, and it ends the same", () => {
  for (const from of shapes)
    for (const to of shapes)
      for (let killed = 0; killed < 12; killed += 1) {
        const world = deploy(deploy(deploy(emptyWorld(), from), to, killed), to);
        const left = planDeploy(to, observedOf(world), ALL);
        expect(left.steps).toEqual([]);
        const stray = world.containers.filter(({ name }) => left.drift.some((line) => line.startsWith(name)));
        const clean = names(deploy(emptyWorld(), to));
        expect(names(world)).toEqual([...clean, ...names({ ...world, containers: stray })].sort());
      }
});
