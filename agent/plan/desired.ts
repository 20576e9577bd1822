import type { Config, Probe } from "../config/config.ts";
import { EXIT, SoloflowError } from "../core/errors.ts";
import { caddyfile } from "./caddyfile.ts";
import { COLOURS, type Colour } from "./colour.ts";
import type { ComposeModel } from "./compose-model.ts";
import type { Delivered } from "./delivered.ts";
import { ANSWER_WITHIN_MS } from "./deployed.ts";
import { fingerprintsAt } from "./fingerprints-at.ts";
import { ingressLive } from "./ingress-health.ts";
import { INGRESS, type IngressFolders, ingressSpec } from "./ingress-spec.ts";
import type { Layout } from "./layout.ts";
import { needsOf } from "./needs.ts";
import { type Route, routesOf } from "./routes.ts";
import { type ImageStart, INGRESS_NETWORK, instancesOf, serviceSpec, specHash } from "./service-spec.ts";
import { startOrder } from "./start-order.ts";
import { overlapObstacle, type Strategy, strategyOf } from "./strategy.ts";
import type { Desired, Unit } from "./unit.ts";
import { watchMode } from "./watchdog/watch-mode.ts";

/** Defaults of the deploy; the first serves a slow Java application, the second one long request. */
const READY_WITHIN_MS = 120_000;
const DRAIN_MS = 30_000;

export type DesiredInput = {
  config: Config;
  model: ComposeModel;
  layout: Layout;
  /** Service (and "ingress") to what its containers are made of: an image id, or a name that stands for one. */
  images: Readonly<Record<string, string>>;
  /** What the images of services start, for those whose secrets go through a start wrapper. */
  imageStarts: Readonly<Record<string, ImageStart>>;
  secrets: Readonly<Record<string, Delivered>>;
  folders: IngressFolders;
  /** Who deploys; 0 is root. */
  uid: number;
};

/** Services that get two colours, sorted. */
export function overlapping(config: Config, model: ComposeModel): string[] {
  return Object.keys(model.services)
    .filter((name) => strategyOf(name, config, model) === "overlap")
    .sort();
}

/**
 * The whole project as it should be. Errors: SoloflowError (exit 2) for services that depend on each other in a
 * circle, for two that need the same port of the ingress, for one that cannot overlap or have a standby as it was told
 * to, and for one that is called like the ingress.
 */
export function desiredState(input: DesiredInput): Desired {
  const { config, model, layout } = input;
  const doubled = overlapping(config, model);
  for (const name of doubled) refuseObstacle(name, config, model);
  for (const name of Object.keys(model.services)) refuseStandby(name, config, doubled);
  const routes = routesOf(doubled, config, model, layout);
  const ingress = routes.length === 0 ? undefined : ingressUnit(input, routes, doubled);
  for (const name of Object.keys(model.services)) refuseReplicas(name, model);
  const units = startOrder(model).map((name) => serviceUnit(name, input));
  return {
    project: config.project,
    units: ingress === undefined ? units : [...units, ingress.unit],
    networks:
      ingress === undefined ? model.networks : { ...model.networks, ...ingressNetwork(config, layout) },
    volumes: model.volumes,
    secrets: model.secrets ?? {},
    configs: model.configs ?? {},
    upstreams: upstreams(routes),
    caddyfile: ingress?.text,
  };
}

function refuseObstacle(name: string, config: Config, model: ComposeModel): void {
  const why = overlapObstacle(name, config.service[name]?.ready, model);
  if (why === undefined) return;
  throw new SoloflowError("overlap", `${name} cannot overlap: ${why}`, {
    hint: `mend that, or write deploy = "replace" in [service.${name}]`,
    exitCode: EXIT.usage,
  });
}

/** There would be nobody to send requests to the second one. */
function refuseStandby(name: string, config: Config, doubled: readonly string[]): void {
  if (config.service[name]?.standby !== true || doubled.includes(name)) return;
  throw new SoloflowError("standby", `${name} cannot have a standby: the ingress does not lead to it`, {
    hint: `soloflow-agent check says why; or remove standby from [service.${name}]`,
    exitCode: EXIT.usage,
  });
}

function refuseReplicas(name: string, model: ComposeModel): void {
  const { scale, deploy } = model.services[name] ?? {};
  const count = Math.max(scale ?? 1, deploy?.replicas ?? 1);
  if (count <= 1) return;
  throw new SoloflowError("replicas", `${name} wants ${count} containers, and a service has one here`, {
    hint: `remove scale and deploy.replicas of ${name} from the compose file`,
    exitCode: EXIT.usage,
  });
}

function serviceUnit(name: string, input: DesiredInput): Unit {
  const { config, model, layout } = input;
  const service = model.services[name] ?? {};
  const settings = config.service[name];
  const strategy = strategyOf(name, config, model);
  const spec = serviceSpec(name, service, {
    image: imageOf(name, input),
    strategy,
    secrets: input.secrets[name],
    imageStart: input.imageStarts[name],
    layout,
  });
  return {
    service: name,
    strategy,
    spec,
    hash: specHash(spec),
    instances: instancesOf(name, spec, { strategy, layout }),
    needs: needsOf(name, config, model),
    ready: settings?.ready,
    readyWithinMs: settings?.ready?.within ?? READY_WITHIN_MS,
    drainMs: settings?.drain ?? DRAIN_MS,
    healthcheck: service.healthcheck !== undefined && service.healthcheck.disable !== true,
    live: settings?.live,
    watch: watchMode(name, service, config),
    standby: settings?.standby === true,
    answerWithinMs: settings?.answer_within ?? ANSWER_WITHIN_MS,
    fingerprints: fingerprintsAt(settings),
  };
}

function ingressUnit(
  input: DesiredInput,
  routes: readonly Route[],
  doubled: readonly string[],
): { unit: Unit; text: string } {
  const { config, model, layout, folders, uid } = input;
  if (model.services[INGRESS] !== undefined) {
    throw new SoloflowError(
      "ingress",
      "the compose file has a service called ingress, and so has the agent",
      {
        hint: 'rename it, or set deploy = "replace" for every service so that no ingress is needed',
        exitCode: EXIT.usage,
      },
    );
  }
  const text = caddyfile(routes, config.ingress);
  const image = imageOf(INGRESS, input);
  const spec = ingressSpec({
    image,
    routes,
    caddyfile: text,
    model,
    layout,
    folders,
    uid,
    settings: config.ingress,
  });
  const ready: Probe = { tcp: `:${routes[0]?.listen[0] ?? 80}` };
  const strategy: Strategy = "replace";
  const instances = instancesOf(INGRESS, spec, { strategy, layout });
  const unit: Unit = {
    ...{ service: INGRESS, strategy, spec, hash: specHash(spec), instances, needs: doubled, ready },
    ...{ readyWithinMs: 30_000, drainMs: DRAIN_MS, healthcheck: false },
    // Whether it has a certificate, or an app to lead to, is another matter: it works when it answers for itself.
    ...{ live: ingressLive(routes), watch: "restart", standby: false, answerWithinMs: ANSWER_WITHIN_MS },
  };
  return { unit, text };
}

function imageOf(name: string, input: DesiredInput): string {
  const image = input.images[name];
  if (image !== undefined) return image;
  throw new SoloflowError("image", `service ${name} has neither an image nor a build`, {
    hint: `give it one in the compose file, or [service.${name}] image = "…" in soloflow.toml`,
    exitCode: EXIT.usage,
  });
}

function ingressNetwork(config: Config, layout: Layout): Desired["networks"] {
  return {
    [INGRESS_NETWORK]: {
      name: `${config.project}_${INGRESS_NETWORK}`,
      ipam: { config: [{ subnet: layout.subnet }] },
    },
  };
}

function upstreams(routes: readonly Route[]): Desired["upstreams"] {
  const found: Record<string, Record<Colour, string[]>> = {};
  for (const route of routes) {
    found[route.service] ??= { blue: [], green: [] };
    for (const colour of COLOURS) found[route.service]?.[colour].push(route.upstream[colour]);
  }
  return found;
}
