import { canonicalJson } from "../../core/canonical.ts";
import type { Store } from "../../host/store/store.ts";
import { settledUnit } from "../../plan/deployed.ts";
import type { Unit } from "../../plan/unit.ts";
import type { ModelFile } from "./model-file.ts";
import type { Planned } from "./survey.ts";

/**
 * Services that stay as they are, but that nobody has seen ready like that: all when the deploy before was cut off or
 * could not be put back, else those of which only the settings changed (`ready`, `drain`). They are looked at, and
 * what is found is recorded as a release.
 */
export function unsettled(
  store: Pick<Store, "releases">,
  before: ModelFile | undefined,
  { desired, plan }: Planned,
): Unit[] {
  const kept = new Set(
    plan.services.filter(({ start }) => start === undefined).map(({ service }) => service),
  );
  const units = desired.units.filter((unit) => unit.strategy !== "once" && kept.has(unit.service));
  const last = store.releases.list(1)[0]?.result;
  if (last === undefined || last === "degraded") return units;
  const known = new Set(before?.["x-soloflow"].units.map((unit) => canonicalJson(settledUnit(unit))));
  return units.filter((unit) => !known.has(canonicalJson(settledUnit(unit))));
}
