import type { Host } from "../../host/host.ts";
import { readStore } from "../../host/store/open-store.ts";
import type { DeployPlan } from "../../plan/deploy.ts";
import { type History, renderPlan, renderStep } from "../../plan/render.ts";
import { inEnvironment } from "../../plan/secrets-in-environment.ts";
import type { ImageStart } from "../../plan/service-spec.ts";
import { type NewStandby, newStandbys, standbyCost } from "../../plan/standby-cost.ts";
import { settingChanges } from "../../plan/watchdog/setting-changes.ts";
import { watchSettings } from "../../plan/watchdog/settings.ts";
import type { Project } from "../project.ts";
import { previewSecrets } from "../secrets/deliver-secrets.ts";
import { secretsState } from "../secrets/secrets-state.ts";
import { type ModelFile, readModel } from "./model-file.ts";
import { type Planned, planFrom, pullsOf, readFacts, receivers } from "./survey.ts";
import { unsettled } from "./unsettled.ts";
import { usualTimes } from "./usual-times.ts";

/** What `plan` shows: what a deploy would do now, found out without changing anything. */
export type Preview = {
  plan: DeployPlan;
  history: History;
  images: { name: string; cause: string }[];
  pulls: string[];
  /** Secrets that a deploy would make. */
  secrets: string[];
  /** Secrets that the guarantee of files leaves out, of services that change. */
  visible: string[];
  /** What each standby that is new costs. */
  standbys: string[];
  /** Services that stay as they are and would be looked at; see `unsettled`. */
  looks: string[];
  /** Settings that the watchdog would get; see `settingChanges`. */
  settings: string[];
  isEmpty: boolean;
};

/** A start wrapper has to name what it starts; the deploy that builds the image knows it by then. */
const UNBUILT: ImageStart = { entrypoint: [], command: ["what the image starts"] };

export async function preview(host: Host, project: Project, only: readonly string[]): Promise<Preview> {
  using store = readStore(
    (await host.files.stat(project.paths.database)) ? project.paths.database : ":memory:",
  );
  const facts = await readFacts(host, project, store, only);
  const { delivered } = await previewSecrets(host, project, receivers(project, facts));
  const planned = planFrom(project, facts, delivered, only, UNBUILT);
  const { plan, desired } = planned;
  const before = await readModel(host, project);
  const looks = unsettled(store, before, planned).map(({ service }) => service);
  const settings = newSettings(project, before, planned);
  const images = facts.images.filter((image) => image.action === "build");
  const pulls = pullsOf(facts);
  const { secrets } = await secretsState(host, project);
  const missing = secrets.filter((secret) => secret.stored === undefined && !secret.optional);
  return {
    ...{
      plan,
      pulls,
      looks,
      settings,
      standbys: await costs(host, newStandbys(desired, facts.observed)),
      history: usualTimes(store, desired),
      secrets: missing.map((secret) => secret.name),
      visible: visibleIn(project, plan),
    },
    images: images.map(({ spec, cause }) => ({ name: spec.name, cause })),
    isEmpty:
      plan.steps.length + images.length + pulls.length + missing.length + looks.length + settings.length ===
      0,
  };
}

function visibleIn({ config }: Project, { services }: DeployPlan): string[] {
  const changing = services.filter(({ action }) => action !== "keep").map(({ service }) => service);
  return Object.entries(config.secret)
    .filter(([, secret]) => secret.for.some((service) => changing.includes(service)))
    .flatMap(([name]) => inEnvironment(config, name) ?? []);
}

function newSettings(project: Project, before: ModelFile | undefined, { desired, plan }: Planned): string[] {
  const chosen = new Set(plan.services.map(({ service }) => service));
  const units = desired.units.filter(({ service }) => chosen.has(service));
  return settingChanges(before?.["x-soloflow"], { units, watch: watchSettings(project.config) });
}

function costs(host: Host, standbys: readonly NewStandby[]): Promise<string[]> {
  return Promise.all(
    standbys.map(async (standby) => {
      const { serving } = standby;
      const stats = serving?.state === "running" ? await host.engine.stats(serving.id) : undefined;
      return standbyCost(standby, stats?.memoryBytes);
    }),
  );
}

/** The preview as text for people, a line a fact. */
export function renderPreview(
  { plan, history, images, pulls, secrets, visible, looks, settings, standbys, isEmpty }: Preview,
  steps: boolean,
): string {
  const lines = [
    ...images.map(({ name, cause }) => `build ${name}: ${cause}`),
    ...pulls.map((reference) => `pull ${reference}`),
    ...(secrets.length === 0 ? [] : [`make secrets: ${secrets.join(", ")}`]),
    renderPlan(plan, history),
    ...visible.map((words) => `visible: ${words}`),
    ...standbys,
    ...(looks.length === 0 ? [] : [`look at ${looks.join(", ")}: not seen ready with these settings yet`]),
    ...(settings.length === 0 ? [] : [`watchdog: new settings: ${settings.join(", ")}`]),
    ...(steps ? ["steps:", ...plan.steps.map((step) => `  ${renderStep(step)}`)] : []),
  ];
  return [...lines.filter((line) => line !== ""), ...(isEmpty ? ["nothing to do"] : [])].join("\n");
}
