import { basename } from "node:path";
import { TomlPositions } from "../../config/toml-positions.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { deployedUnit } from "../../plan/deployed.ts";
import type { Unit } from "../../plan/unit.ts";
import { verdictOf } from "../../plan/watchdog/verdict.ts";
import type { Project } from "../project.ts";
import { servingContainer } from "../serving-container.ts";
import type { ModelFile } from "./model-file.ts";
import { ask } from "./readiness.ts";
import type { Planned } from "./survey.ts";

type Looking = { host: Host; project: Project; progress: Progress };

/** Services of this deploy whose liveness nobody has asked yet: `started` ones, and those that have another path. */
export function unaskedLive(
  { desired, plan }: Planned,
  before: ModelFile | undefined,
  started: ReadonlySet<string>,
): Unit[] {
  const chosen = new Set(plan.services.map(({ service }) => service));
  const known = new Map(before?.["x-soloflow"].units.map(({ service, live }) => [service, live]));
  return desired.units.filter(
    ({ service, live }) =>
      chosen.has(service) &&
      (started.has(service) || canonicalJson(live) !== canonicalJson(known.get(service))),
  );
}

/**
 * Asks each for its liveness, once, and warns of what is no good answer: the watchdog believes no path that has never
 * answered well, and would say so at night only. Fails nobody; the agent's own ingress is not asked.
 */
export async function lookAtLive(looking: Looking, units: readonly Unit[]): Promise<void> {
  const { service } = looking.project.config;
  const asked = units.filter((unit) => service[unit.service]?.live !== undefined && unit.strategy !== "once");
  await Promise.all(asked.map((unit) => lookAt(looking, unit)));
}

async function lookAt(looking: Looking, unit: Unit): Promise<void> {
  const { service } = unit;
  const fault = await faultOf(looking, unit);
  if (fault === undefined) return;
  looking.progress.warn(
    `${await placeOf(looking, service)}: ${service} is ready, but live gave no good answer: ${fault}`,
    `the watchdog mends no hang of ${service} before live has answered well once; name a path that does, and deploy again`,
  );
}

/** undefined for a good answer, and where there is nobody to ask, or no engine to ask by. */
async function faultOf({ host, project }: Looking, unit: Unit): Promise<string | undefined> {
  try {
    const known = { name: project.config.project, paths: project.paths };
    const container = await servingContainer(host, known, deployedUnit(unit));
    if (container?.state !== "running" || unit.live === undefined) return undefined;
    const verdict = verdictOf(await ask(host, unit.live, container));
    return verdict.kind === "good" ? undefined : verdict.detail;
  } catch (thrown) {
    if (thrown instanceof SoloflowError) return undefined;
    throw thrown;
  }
}

/** "soloflow.toml:12" */
async function placeOf({ host, project }: Looking, service: string): Promise<string> {
  const text = (await host.files.readText(project.configFile)) ?? "";
  const { line } = new TomlPositions(text).nearest(["service", service, "live"]);
  return `${basename(project.configFile)}:${line}`;
}
