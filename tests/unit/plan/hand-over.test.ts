import { expect, test } from "bun:test";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { planDeploy } from "../../../agent/plan/deploy.ts";
import { renderStep } from "../../../agent/plan/render.ts";
import { desiredOf, stackModel } from "../../support/desired.ts";
import { act, emptyWorld, observedOf, plainContainer, type World } from "../../support/plan-world.ts";

const ALL = { only: [], databases: [] };
const desired = desiredOf();
const plain = (service: string) => plainContainer(desired, stackModel(), service);

function deployed(world: World, killedAfter = Number.POSITIVE_INFINITY): World {
  const { steps } = planDeploy(desired, observedOf(world), ALL);
  for (const step of steps.slice(0, killedAfter)) act(world, desired, step);
  return world;
}

const names = (world: World) => world.containers.map((container) => container.name).sort();

test("what ran before the agent stops just before the ingress starts, goes last, and its cost is told", () => {
  const world: World = { ...emptyWorld(), containers: [plain("gateway"), plain("provider")] };
  const { steps, services } = planDeploy(desired, observedOf(world), ALL);
  const words = steps.map(renderStep);
  const ingress = words.findIndex((line) => line.startsWith("start ingress"));
  expect(words.slice(ingress - 2, ingress)).toEqual([
    "stop demo-gateway-1: it gives up its ports",
    "stop demo-provider-1: it gives up its ports",
  ]);
  expect(words.slice(-2).every((line) => line.startsWith("stop and remove demo-"))).toBe(true);
  const gateway = services.find(({ service }) => service === "gateway");
  expect(gateway?.causes.join()).toContain("nobody answers from its stop until the ingress is ready");
});

test("killed at the hand-over, the next deploy still ends it", () => {
  const first: World = { ...emptyWorld(), containers: [plain("gateway"), plain("provider")] };
  const stopped = planDeploy(desired, observedOf(first), ALL).steps.findLastIndex(
    ({ do: act }) => act === "stop",
  );
  const world = deployed(deployed(first, stopped + 1));
  expect(names(world)).toEqual(names(deployed(emptyWorld())));
});

test("a plain container that somebody starts beside the colours is told and left alone", () => {
  const world = deployed(emptyWorld());
  world.containers.push({ ...plain("gateway"), state: "created" });
  const { steps, drift } = planDeploy(desired, observedOf(world), ALL);
  expect(steps).toEqual([]);
  expect(drift).toEqual([
    "demo-gateway-1 was started beside the colours of gateway; remove it with: docker rm -f demo-gateway-1",
  ]);
});

test("a part of the services cannot take their ports over: the other one would be cut off", () => {
  const world: World = { ...emptyWorld(), containers: [plain("gateway"), plain("provider")] };
  const part = () => planDeploy(desired, observedOf(world), { only: ["provider"], databases: [] });
  expect(part).toThrow("the ports of gateway change hands in this deploy too");
  expect(part).toThrow(SoloflowError);
});
