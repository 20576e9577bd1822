import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import type { ComposeModel } from "../../plan/compose-model.ts";
import type { Delivered } from "../../plan/delivered.ts";
import { type DeployPlan, planDeploy } from "../../plan/deploy.ts";
import { desiredState, overlapping } from "../../plan/desired.ts";
import type { ImagePlan } from "../../plan/images/decide-images.ts";
import type { Layout } from "../../plan/layout.ts";
import type { Observed } from "../../plan/observed.ts";
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
import type { Receiver } from "../secrets/deliver-secrets.ts";
import { type ServiceImage, serviceImages } from "./service-images.ts";

/** What is asked of the machine and the files before anything is decided. */
export type Facts = {
  model: ComposeModel;
  layout: Layout;
  images: readonly ImagePlan[];
  serviceImages: Readonly<Record<string, ServiceImage>>;
  observed: Observed;
};

/** Reads everything a plan needs; no call that changes anything. */
export async function readFacts(host: Host, project: Project, store: Store): Promise<Facts> {
  const { config, paths } = project;
  const [model, observed] = await Promise.all([
    readComposeModel(host, project),
    observe(host, { name: config.project, paths }, store),
  ]);
  const [images, layout] = await Promise.all([
    projectImages(host, project, model).then((specs) => planImages(host, project, specs)),
    readLayout(host, project, overlapping(config, model)),
  ]);
  return {
    model,
    layout,
    images,
    observed,
    serviceImages: await serviceImages(host, { config, model, images }),
  };
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
    serviceImages: await serviceImages(host, { config, model: before.model, images: kept }),
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

/** The plan that follows from the facts and the secrets as they are (or will be) delivered. */
export function planFrom(
  project: Project,
  facts: Facts,
  secrets: Readonly<Record<string, Delivered>>,
  only: readonly string[],
): Planned {
  const { config } = project;
  const images = Object.entries(facts.serviceImages);
  const desired = desiredState({
    config,
    model: facts.model,
    layout: facts.layout,
    images: Object.fromEntries(images.map(([service, { id }]) => [service, id])),
    imageStarts: Object.fromEntries(
      images.flatMap(([service, { image }]) => (image ? [[service, image.start]] : [])),
    ),
    secrets,
    folders: ingressFolders(project),
  });
  const plan = planDeploy(desired, facts.observed, { only, databases: databases(project) });
  return { desired, plan };
}

/** Services with a PostgreSQL whose roles the agent keeps. */
function databases({ config }: Project): string[] {
  const secrets = Object.values(config.secret).filter((secret) => secret.kind === "database");
  return [...new Set(secrets.map((secret) => secret.service ?? "database"))];
}
