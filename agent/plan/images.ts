import type { Config } from "../config/config.ts";
import { EXIT, SoloflowError } from "../core/errors.ts";
import type { ComposeModel } from "./compose-model.ts";
import { composeBuild, composeImageName } from "./images/compose-build.ts";
import { embeddedIngress } from "./images/embedded-images.ts";
import { parseImageReference } from "./images/image-reference.ts";
import type { ImageSource } from "./images/image-spec.ts";
import { type Claim, mergeSources } from "./images/merge-sources.ts";
import { ownBuild, ownBuildOver } from "./images/own-build.ts";
import { INGRESS } from "./ingress-spec.ts";
import { strategyOf } from "./strategy.ts";

/**
 * Every image that is built here: those of `[image.*]`, of services (what soloflow.toml says, else the compose
 * file's `build:`), and the ingress where a service overlaps. `root` is the folder of soloflow.toml,
 * `embeddedStack` the agent's own stack on disk. Services that name the same image share one entry, which knows
 * all services that run it. `orderImages` brings them into an order in which they can be built.
 * Errors: SoloflowError "config" (exit 2) for a build that has no folder here, and for two that claim one name.
 */
export function imagesOf(
  config: Config,
  model: ComposeModel,
  root: string,
  embeddedStack: string,
): ImageSource[] {
  const layers = Object.entries(config.image).map(([key, image]): Claim => {
    const source = { name: image.image, services: [], ...ownBuild(image, root) };
    return { where: `[image.${key}]`, own: true, source };
  });
  const services = Object.keys(model.services).flatMap(
    (name) => serviceClaim(name, config, model, root) ?? [],
  );
  const sources = mergeSources([...layers, ...services, ...ingressClaim(config, model, root, embeddedStack)]);
  return sources.map((source) => ({ ...source, services: users(source, config, model) }));
}

function serviceClaim(service: string, config: Config, model: ComposeModel, root: string): Claim | undefined {
  const settings = config.service[service];
  const section = model.services[service]?.build;
  if (settings?.image !== undefined) return undefined;
  const composed = section === undefined ? undefined : composeBuild(section, model);
  const own = settings?.build;
  const build = own === undefined ? composed : ownBuildOver(composed, own, root);
  if (build === undefined) return undefined;
  if (!build.context.startsWith("/")) throw notHere(service, build.context);
  const { name, tag } = parseImageReference(own?.image ?? composeImageName(service, model));
  const tags = tag === undefined || tag === "latest" ? build.tags : [tag, ...build.tags];
  const source = { ...build, name, tags, services: [] };
  return { where: `service ${service}`, own: own !== undefined, source };
}

function ingressClaim(config: Config, model: ComposeModel, root: string, embeddedStack: string): Claim[] {
  const needed = Object.keys(model.services).some((name) => strategyOf(name, config, model) === "overlap");
  if (!needed || config.ingress.image !== undefined) return [];
  const { context, image, ...build } = config.ingress.build ?? {};
  const standard = embeddedIngress(embeddedStack);
  const limit = build.max_size === undefined ? {} : { maxBytes: build.max_size };
  const how = context === undefined ? { ...standard, ...limit } : ownBuild({ ...build, context }, root);
  const source = { ...how, name: image ?? standard.name, services: [INGRESS] };
  return [{ where: "[ingress]", own: true, source }];
}

/** Services that run the image, whether or not it is built for them. */
function users(source: ImageSource, config: Config, model: ComposeModel): string[] {
  const found = Object.keys(model.services).filter((service) => {
    const settings = config.service[service];
    const reference = settings?.image ?? settings?.build?.image ?? composeImageName(service, model);
    const { name, tag = "latest", digest } = parseImageReference(reference);
    return name === source.name && digest === undefined && ["latest", ...source.tags].includes(tag);
  });
  return [...source.services, ...found];
}

function notHere(service: string, context: string): SoloflowError {
  return new SoloflowError("config", `the build of ${service} takes its files from elsewhere: ${context}`, {
    hint: `clone it here, and name its folder: [service.${service}] build = { context = "…" }`,
    exitCode: EXIT.usage,
  });
}
