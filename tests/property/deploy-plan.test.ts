import { expect, test } from "bun:test";
import fc from "fast-check";
import { planDeploy } from "../../agent/plan/deploy.ts";
import { desiredOf, STACK_TOML, stackModel } from "../support/desired.ts";
import { act, answering, askedOf, emptyWorld, observedOf, type World } from "../support/plan-world.ts";

const ALL = { only: [], databases: ["database"] };
const SERVED = ["gateway", "provider"] as const;

/** A version of the stack: which images, which setting, and whether the gateway has a standby. */
const version = fc.record({
  ...{ gateway: fc.nat(3), provider: fc.nat(3), database: fc.nat(1), level: fc.nat(2) },
  standby: fc.boolean(),
});
const FIRST = { gateway: 0, provider: 0, database: 0, level: 0, standby: false };
const WITH_STANDBY = STACK_TOML.replace("[service.gateway]", "[service.gateway]\nstandby = true");

function desired(of: typeof FIRST) {
  const model = stackModel();
  const gateway = model.services.gateway;
  if (gateway !== undefined) gateway.environment = { LEVEL: String(of.level) };
  const image = (name: "gateway" | "provider" | "database") => `sha256:${name}-${of[name]}`;
  return desiredOf({
    model,
    toml: of.standby ? WITH_STANDBY : STACK_TOML,
    images: {
      gateway: image("gateway"),
      provider: image("provider"),
      migrate: image("provider"),
      database: image("database"),
    },
  });
}

function deploy(world: World, to: ReturnType<typeof desired>, killedAfter = Number.POSITIVE_INFINITY): void {
  const plan = planDeploy(to, observedOf(world), ALL);
  for (const step of plan.steps.slice(0, killedAfter)) act(world, to, step);
}

test("a plan made on its own result is empty", () => {
  fc.assert(
    fc.property(fc.array(version, { minLength: 1, maxLength: 6 }), (versions) => {
      const world = emptyWorld();
      for (const each of versions) deploy(world, desired(each));
      const last = versions.at(-1);
      if (last !== undefined) expect(planDeploy(desired(last), observedOf(world), ALL).steps).toEqual([]);
    }),
  );
});

test("killed after any step and run again, a deploy ends as if it had never been killed", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(version, fc.nat(12)), { minLength: 1, maxLength: 6 }),
      version,
      (kills, last) => {
        const world = emptyWorld();
        for (const [to, after] of kills) deploy(world, desired(to), after);
        deploy(world, desired(last));
        const clean = emptyWorld();
        deploy(clean, desired(last));
        const specs = (of: World) =>
          of.containers
            .map((c) => `${c.labels["dev.soloflow.service"]} ${c.labels["dev.soloflow.spec"]}`)
            .sort();
        expect(specs(world)).toEqual(specs(clean));
        expect(planDeploy(desired(last), observedOf(world), ALL).steps).toEqual([]);
      },
    ),
  );
});

test("from the first deploy on somebody answers after every step, whatever was killed before", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(version, fc.nat(12)), { minLength: 1, maxLength: 6 }), (kills) => {
      const world = emptyWorld();
      deploy(world, desired(FIRST));
      for (const [to, after] of kills) {
        const plan = planDeploy(desired(to), observedOf(world), ALL);
        for (const step of plan.steps.slice(0, after)) {
          const serving = SERVED.map((service) => answering(world, service)?.id);
          if (step.do === "remove") expect(serving).not.toContain(step.container.id);
          act(world, desired(to), step);
          for (const service of SERVED) expect(answering(world, service)).toBeDefined();
        }
      }
    }),
  );
});

test("a standby that the ingress may ask is never stopped, whatever was killed before", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(version, fc.nat(16)), { minLength: 1, maxLength: 6 }), (kills) => {
      const world = emptyWorld();
      deploy(world, desired(FIRST));
      for (const [to, after] of kills) {
        const plan = planDeploy(desired(to), observedOf(world), ALL);
        for (const step of plan.steps.slice(0, after)) {
          const asked = askedOf(world, "gateway");
          act(world, desired(to), step);
          const ids = world.containers.map(({ id }) => id);
          for (const { id } of asked) expect(ids).toContain(id);
        }
      }
    }),
  );
});

test("a wanted standby runs at the end, made of the same as the one that serves, and is asked; an unwanted one is gone", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(version, fc.nat(16)), { maxLength: 6 }), version, (kills, last) => {
      const world = emptyWorld();
      for (const [to, after] of kills) deploy(world, desired(to), after);
      deploy(world, desired(last));
      const colours = world.containers.filter((c) => c.labels["dev.soloflow.service"] === "gateway");
      expect(colours.map(({ state }) => state)).toEqual(last.standby ? ["running", "running"] : ["running"]);
      expect(new Set(colours.map(({ labels }) => labels["dev.soloflow.spec"])).size).toBe(1);
      expect(askedOf(world, "gateway")).toHaveLength(colours.length);
    }),
  );
});

test("a deploy that is taken back before its first flip leaves the standby as it was", () => {
  fc.assert(
    fc.property(version, version, fc.boolean(), (from, to, isRunning) => {
      const world = emptyWorld();
      deploy(world, desired({ ...from, standby: true }));
      const standby = world.containers.find(
        (c) => c.labels["com.docker.compose.service"] === "gateway-green",
      );
      if (standby !== undefined && !isRunning) standby.state = "exited";
      const { services } = planDeploy(desired({ ...to, standby: true }), observedOf(world), ALL);
      const { start, action } = services.find(({ service }) => service === "gateway") ?? {};
      const hash = standby?.labels["dev.soloflow.spec"] ?? "";
      if (action === "switch") expect(start?.undo).toEqual({ kind: "restore", spec: hash });
      else if (start !== undefined) expect(start.undo).toEqual({ kind: "nothing" });
    }),
  );
});

test("nothing flips before everything that starts is started", () => {
  fc.assert(
    fc.property(version, version, (from, to) => {
      const world = emptyWorld();
      deploy(world, desired(from));
      const { steps } = planDeploy(desired(to), observedOf(world), ALL);
      const lastStart = steps.findLastIndex((step) => step.do === "start");
      const firstFlip = steps.findIndex((step) => step.do === "flip");
      if (firstFlip >= 0) expect(firstFlip).toBeGreaterThan(lastStart);
    }),
  );
});

test("planning changes neither what it was given nor its answer", () => {
  fc.assert(
    fc.property(version, version, (from, to) => {
      const world = emptyWorld();
      deploy(world, desired(from));
      const observed = structuredClone(observedOf(world));
      const first = planDeploy(desired(to), observed, ALL);
      expect(observed).toEqual(structuredClone(observedOf(world)));
      expect(planDeploy(desired(to), observed, ALL)).toEqual(first);
    }),
  );
});
