import { postgresOf } from "../../config/rules/secrets.ts";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import { reach } from "../../core/reach.ts";
import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import type { ComposeModel } from "../../plan/compose-model.ts";
import type { Delivered } from "../../plan/delivered.ts";
import { type DeployPlan, planDeploy } from "../../plan/deploy.ts";
import { desiredState, overlapping } from "../../plan/desired.ts";
import type { ImagePlan } from "../../plan/images/decide-images.ts";
import { selectImages } from "../../plan/images/order-images.ts";
import { INGRESS } from "../../plan/ingress-spec.ts";
import type { Layout } from "../../plan/layout.ts";
import { dependenciesOf } from "../../plan/needs.ts";
import type { Observed } from "../../plan/observed.ts";
import type { ImageStart } from "../../plan/service-spec.ts";
import { serviceUser } from "../../plan/service-user.ts";
import type { Desired } from "../../plan/unit.ts";
import type { BuiltImage } from "../build/built-image.ts";
import { projectImages } from "../build/project-images.ts";
import { planImages } from "../build.ts";
import { readComposeModel } from "../compose-model.ts";
import { ingressFolders } from "../ingress-files.ts";
import { readLayout } from "../layout.ts";
import { observe } from "../observe.ts";
import type { Project } from "../project.ts";
import type { Receiver } from "../secrets/delivery.ts";
import { type ServiceImage, serviceImages } from "./service-images.ts";

/** What is asked of the machine and the files before anything is decided. */
export type Facts = {
  model: ComposeModel;
  layout: Layout;
  images: readonly ImagePlan[];
  serviceImages: Readonly<Record<string, ServiceImage>>;
  observed: Observed;
  /** Services that the deploy may touch: those asked for and what they need, or all. */
  scope: ReadonlySet<string>;
  /** Who deploys; 0 is root. */
  uid: number;
};

/**
 * Reads everything a plan needs; no call that changes anything. `only` names services whose images matter; empty
 * means all. Errors: SoloflowError "usage" (exit 2) for a name that is in no compose file.
 */
export async function readFacts(
  host: Host,
  project: Project,
  store: Store,
  only: readonly string[],
): Promise<Facts> {
  const { config, paths } = project;
  const [model, observed] = await Promise.all([
    readComposeModel(host, project),
    observe(host, { name: config.project, paths }, store),
  ]);
  refuseUnknown(only, model);
  const asked = only.length === 0 ? Object.keys(model.services) : only;
  // What they depend on comes along where it is not there yet.
  const scope = reach(asked, (name) => dependenciesOf(name, model)).add(INGRESS);
  const [images, layout] = await Promise.all([
    scopedImages(host, project, model, only.length === 0 ? [] : [...scope]),
    readLayout(host, project, overlapping(config, model)),
  ]);
  const found = await serviceImages(host, { config, model, images, scope });
  return { model, layout, images, observed, scope, uid: host.uid, serviceImages: found };
}

async function scopedImages(
  host: Host,
  project: Project,
  model: ComposeModel,
  names: readonly string[],
): Promise<ImagePlan[]> {
  const specs = await projectImages(host, project, model);
  return planImages(host, project, selectImages(specs, names, [...Object.keys(model.services), INGRESS]));
}

function refuseUnknown(only: readonly string[], model: ComposeModel): void {
  const unknown = only.filter((name) => model.services[name] === undefined);
  if (unknown.length === 0) return;
  throw new SoloflowError("usage", `there is no service ${unknown.join(", ")} in the compose file`, {
    hint: `the services are ${Object.keys(model.services).join(", ")}`,
    exitCode: EXIT.usage,
  });
}

/** Images that a deploy has to pull first. */
export function pullsOf(facts: Facts): string[] {
  return Object.values(facts.serviceImages).flatMap(({ pull }) => pull ?? []);
}

/**
 * The facts once images are built and pulled: the images are those that were made here, whatever their names may
 * point to by now; containers are looked at again, for a build may have taken minutes.
 */
export async function factsAfterBuild(
  host: Host,
  project: Project,
  store: Store,
  before: Facts,
  built: readonly BuiltImage[],
): Promise<Facts> {
  const { config, paths } = project;
  const images = built.map(async ({ name, id }) => [name, await host.engine.image(id)] as const);
  const made = new Map(await Promise.all(images));
  const kept = before.images.map((plan): ImagePlan => {
    const current = made.get(plan.spec.name);
    return current === undefined ? plan : { ...plan, action: "keep", current };
  });
  return {
    ...before,
    observed: await observe(host, { name: config.project, paths }, store),
    serviceImages: await serviceImages(host, {
      config,
      model: before.model,
      images: kept,
      scope: before.scope,
    }),
  };
}

/** Who gets secrets, and the user that their files belong to. */
export function receivers({ config }: Project, { model, serviceImages: images }: Facts): Receiver[] {
  const named = new Set(Object.values(config.secret).flatMap((secret) => secret.for));
  return Object.entries(model.services)
    .filter(([name]) => named.has(name))
    .map(([name, service]) => ({
      name,
      ...serviceUser(name, service.user, images[name]?.image?.user ?? ""),
    }));
}

export type Planned = { desired: Desired; plan: DeployPlan };

/**
 * The plan that follows from the facts and the secrets as they are (or will be) delivered. `unbuilt`: what an image
 * that is not there yet is taken to start, for a plan that is only shown.
 */
export function planFrom(
  project: Project,
  facts: Facts,
  secrets: Readonly<Record<string, Delivered>>,
  only: readonly string[],
  unbuilt?: ImageStart,
): Planned {
  const { config } = project;
  const images = Object.entries(facts.serviceImages);
  const desired = desiredState({
    config,
    model: facts.model,
    layout: facts.layout,
    images: Object.fromEntries(images.map(([service, { id }]) => [service, id])),
    imageStarts: Object.fromEntries(
      images.flatMap(([service, { image }]) => {
        const start = image?.start ?? unbuilt;
        return start === undefined ? [] : [[service, start]];
      }),
    ),
    secrets,
    folders: ingressFolders(project),
    uid: facts.uid,
  });
  const plan = planDeploy(desired, facts.observed, { only, databases: databases(project) });
  return { desired, plan };
}

/** Services with a PostgreSQL whose roles the agent keeps. */
function databases({ config }: Project): string[] {
  const secrets = Object.values(config.secret).filter((secret) => secret.kind === "database");
  return [...new Set(secrets.map(postgresOf))];
}
