import { expect, test } from "bun:test";
import { planDeploy } from "../../../agent/plan/deploy.ts";
import type { Observed } from "../../../agent/plan/observed.ts";
import type { Desired } from "../../../agent/plan/unit.ts";
import { containerOf, desiredOf, stackModel } from "../../support/desired.ts";

const TOML = 'project = "demo"\n[service.gateway]\ndeploy = "replace"\n';

/** The gateway with a helper in its network. */
function desired(level = "info"): Desired {
  const { database, migrate, gateway } = stackModel().services;
  const helper = {
    network_mode: "service:gateway",
    depends_on: { gateway: { condition: "service_started" } },
  };
  const services = { database, migrate, gateway: { ...gateway, environment: { LEVEL: level } }, helper };
  return desiredOf({ toml: TOML, model: { ...stackModel(), services } as never });
}

/** Everything runs as it should; the helper in the network of the container with this id. */
function observed({ units }: Desired, joined?: string): Observed {
  const parent = units.find(({ service }) => service === "gateway")?.hash.slice(0, 8);
  const networkMode = `container:${joined ?? `id-gateway-${parent}`}`;
  const containers = units.flatMap((unit) =>
    unit.instances.map((each) => containerOf(unit, each, unit.service === "helper" ? { networkMode } : {})),
  );
  return { containers, flags: {}, specs: {} };
}

const planned = (world: Observed, only: string[] = [], level?: string) =>
  planDeploy(desired(level), world, { only, databases: [] });
const actions = (plan: ReturnType<typeof planned>) =>
  Object.fromEntries(plan.services.map(({ service, action }) => [service, action]));

test("nothing is done for a container that lives in the network of the one that is there", () => {
  expect(planned(observed(desired())).steps).toEqual([]);
});

test.each([[[]], [["gateway"]]])(
  "made anew with the one whose network it uses, after it (asked for: %p)",
  (only) => {
    const plan = planned(observed(desired()), only, "debug");
    expect(actions(plan)).toMatchObject({ gateway: "replace", helper: "replace" });
    const starts = plan.steps.flatMap((step) =>
      step.do === "start" ? [step.starts.map((each) => each.instance)] : [],
    );
    expect(starts).toEqual([["gateway"], ["helper"]]);
  },
);

test("left alone where the other one changes, but is not asked for", () => {
  expect(actions(planned(observed(desired()), ["helper"], "debug"))).toEqual({ helper: "keep" });
});

test("one that was cut off before is made anew; what goes is not taken for what comes", () => {
  const world = observed(desired(), "gone");
  const [step] = planned(world).steps;
  const helper = world.containers.find(({ name }) => name === "demo-helper-1")?.id ?? "";
  expect(step).toMatchObject({ do: "start", starts: [{ instance: "helper", former: helper }] });
});
