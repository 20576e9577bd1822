import type { ReleaseResult, ReleaseService } from "../../host/store/releases.ts";
import type { DeployPlan } from "../../plan/deploy.ts";
import type { BuiltImage } from "../build/built-image.ts";
import type { Execution } from "./execution.ts";

/** Puts the specifications on record before anything is applied: a later plan tells causes from them. */
export function recordSpecs({ store, desired }: Execution): void {
  for (const unit of desired.units) {
    store.specs.put({ hash: unit.hash, service: unit.service, json: JSON.stringify(unit.spec) });
  }
}

export function startRelease({ store, host }: Execution, plan: DeployPlan): string {
  return store.releases.start({ at: host.clock.now(), cause: "deploy", services: servicesOf(plan, []) });
}

/** Ends a release; then a good one's images get its name as a tag: it has ended whether or not they can be tagged. */
export async function finishRelease(
  execution: Execution,
  release: string,
  end: {
    plan: DeployPlan;
    result: ReleaseResult;
    built: readonly BuiltImage[];
    secretsVersion: number | undefined;
  },
): Promise<void> {
  const { host, store, desired } = execution;
  const services = servicesOf(end.plan, desired.units);
  store.releases.finish(release, {
    ...{
      at: host.clock.now(),
      result: end.result,
      services,
      model: JSON.stringify(desired.units.map((unit) => unit.hash)),
    },
    ...(end.secretsVersion === undefined ? {} : { secretsVersion: end.secretsVersion }),
  });
  if (end.result !== "deployed") return;
  for (const image of end.built.filter(({ services }) => services.length > 0))
    await host.engine.tag(image.id, `${image.name}:${release}`);
}

function servicesOf(plan: DeployPlan, units: Execution["desired"]["units"]): Record<string, ReleaseService> {
  const rows = plan.services.map(({ service, action }): [string, ReleaseService] => {
    const unit = units.find((candidate) => candidate.service === service);
    return [service, { image: unit?.spec.image ?? "", digest: undefined, spec: unit?.hash ?? "", action }];
  });
  return Object.fromEntries(rows);
}
