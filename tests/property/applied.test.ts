import { expect, test } from "bun:test";
import fc from "fast-check";
import { appliedDesired } from "../../agent/plan/applied.ts";
import type { ComposeService } from "../../agent/plan/compose-model.ts";
import type { Delivered } from "../../agent/plan/delivered.ts";
import { planDeploy } from "../../agent/plan/deploy.ts";
import { deployedUnit } from "../../agent/plan/deployed.ts";
import type { Desired } from "../../agent/plan/unit.ts";
import { desiredOf, STACK_TOML } from "../support/desired.ts";
import { act, emptyWorld, observedOf, type World } from "../support/plan-world.ts";

const TOML = STACK_TOML.replace("[service.gateway]", "[service.gateway]\nstandby = true");

/** What a delivery is: the values are their fingerprints. */
function delivered(service: string, version: number, env: readonly string[]): Delivered {
  const files = ["DATABASE_URL", "API_KEY_PEPPER"].filter((name) => !env.includes(name));
  const prints = Object.fromEntries([...files, ...env].map((name) => [name, `${name.length}${version}`]));
  return { folder: `/run/x/secrets/${service}/${version}`, files, env, fingerprints: prints };
}

const deliveries = (version: number, env: readonly string[]) => ({
  gateway: delivered("gateway", version, []),
  provider: delivered("provider", version, env),
});

/** model.json, read back. */
function modelOf(desired: Desired) {
  const services = desired.units.flatMap((unit) => unit.instances.map(({ name, spec }) => [name, spec]));
  const { networks, volumes, upstreams } = desired;
  const model = { networks, volumes, services: Object.fromEntries(services) };
  const watched = { units: desired.units.map(deployedUnit), upstreams };
  return JSON.parse(JSON.stringify({ ...model, "x-soloflow": watched }));
}

function deploy(world: World, desired: Desired): void {
  for (const step of planDeploy(desired, observedOf(world), { only: [], databases: [] }).steps)
    act(world, desired, step);
}

const specsOf = (world: World) => (hash: string) =>
  world.specs[hash] && (JSON.parse(JSON.stringify(world.specs[hash])) as ComposeService);

test("a plan of what was applied, with the same secrets, is empty; what exchanged secrets give is what a deploy gives", () => {
  fc.assert(
    fc.property(
      fc.record({ standby: fc.boolean(), env: fc.boolean(), first: fc.nat(5), next: fc.nat(5) }),
      ({ standby, env, first, next }) => {
        const names = env ? ["API_KEY_PEPPER"] : [];
        const start = { entrypoint: [], command: ["app"] };
        const options = { toml: standby ? TOML : STACK_TOML, imageStarts: { provider: start } };
        const deployed = desiredOf({ ...options, secrets: deliveries(first, names) });
        const world = emptyWorld();
        deploy(world, deployed);
        const applied = (version: number) =>
          appliedDesired("demo", modelOf(deployed), specsOf(world), deliveries(version, names));
        const scope = { only: [], databases: [] };
        expect(planDeploy(applied(first), observedOf(world), scope).steps).toEqual([]);
        deploy(world, applied(next));
        const anew = desiredOf({ ...options, secrets: deliveries(next, names) });
        expect(planDeploy(anew, observedOf(world), scope).steps).toEqual([]);
      },
    ),
  );
});
