import { describe, expect, test } from "bun:test";
import { planDeploy } from "../../../agent/plan/deploy.ts";
import { renderPlan, renderStep } from "../../../agent/plan/render.ts";
import { newStandbys, standbyCost } from "../../../agent/plan/standby-cost.ts";
import { desiredOf, STACK_TOML } from "../../support/desired.ts";
import { act, emptyWorld, observedOf, type World } from "../../support/plan-world.ts";

const ALL = { only: [], databases: [] };
const STANDBY = STACK_TOML.replace("[service.gateway]", "[service.gateway]\nstandby = true");
const off = desiredOf();
const on = desiredOf({ toml: STANDBY });
const changed = desiredOf({ toml: STANDBY, images: { gateway: "sha256:gateway-2" } });

function deployed(...versions: (typeof on)[]): World {
  const world = emptyWorld();
  for (const each of versions)
    for (const step of planDeploy(each, observedOf(world), ALL).steps) act(world, each, step);
  return world;
}

const planned = (world: World, to: typeof on) => planDeploy(to, observedOf(world), ALL);
const steps = (world: World, to: typeof on) => planned(world, to).steps.map(renderStep);

/** The standby as somebody or something left it. */
function withStandby(world: World, state: "exited" | "paused"): World {
  const containers = world.containers.map((each) =>
    each.name === "demo-gateway-green-1" ? { ...each, state } : each,
  );
  return { ...world, containers };
}

describe("the order of things", () => {
  test("turned on: the standby is ready before the ingress may ask it", () => {
    expect(steps(deployed(off), on)).toEqual([
      "start gateway-green until ready",
      "start ingress until ready",
    ]);
  });

  test("changed: the standby is taken out and made anew, serves, and the other one is the new standby", () => {
    expect(steps(deployed(on), changed)).toEqual([
      "take gateway-green from the ingress: it is replaced",
      "start gateway-green until ready",
      "send requests of gateway to green: green is ready",
      "let requests on gateway-blue end: green serves",
      "start gateway-blue until ready: green serves",
    ]);
  });

  test("turned off: it goes once the ingress does not know it any more", () => {
    expect(steps(deployed(on), off)).toEqual([
      "start ingress until ready",
      "let requests on gateway-green end: demo-gateway-green-1 is wanted no more: standby is off",
      "stop and remove demo-gateway-green-1: demo-gateway-green-1 is wanted no more: standby is off",
    ]);
  });

  test("at the first deploy customers have the one that serves before the other one starts", () => {
    const words = steps(emptyWorld(), on);
    expect(words.indexOf("start gateway-green until ready: it waits beside")).toBeGreaterThan(
      words.indexOf("start ingress until ready"),
    );
  });
});

test("a standby that has stopped is started again; one that somebody paused is left alone", () => {
  expect(steps(withStandby(deployed(on), "exited"), on)).toEqual(["start gateway-green until ready"]);
  const paused = planned(withStandby(deployed(on), "paused"), on);
  expect(paused.steps).toEqual([]);
  expect(renderPlan(paused)).toContain("demo-gateway-green-1 is paused by somebody: left alone");
});

test("a standby that a deploy which was cut off had taken from the ingress is asked again", () => {
  const world = { ...deployed(on), alone: ["gateway"] };
  expect(steps(world, on)).toEqual([
    "let the standby of gateway answer: an interrupted deploy had taken it from the ingress",
  ]);
});

test("a changed standby comes back as it was when the deploy fails before its flip", () => {
  const world = deployed(on);
  const gateway = planned(world, changed).services.find(({ service }) => service === "gateway");
  const hash = on.units.find(({ service }) => service === "gateway")?.hash ?? "";
  expect(gateway?.start?.undo).toEqual({ kind: "restore", spec: hash });
});

test("what a second copy costs is told while there is only one", () => {
  const [fresh, ...others] = newStandbys(on, observedOf(deployed(off)));
  expect(others).toEqual([]);
  expect(fresh?.serving?.name).toBe("demo-gateway-blue-1");
  expect(standbyCost({ service: "gateway" }, 48_000_000)).toBe(
    "standby of gateway: about 48.0 MB of memory more; its schedules and queue consumers run twice",
  );
  expect(newStandbys(on, observedOf(deployed(on)))).toEqual([]);
  expect(newStandbys(off, observedOf(deployed(off)))).toEqual([]);
});
