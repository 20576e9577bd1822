import { join } from "node:path";
import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { ComposeService } from "../../plan/compose-model.ts";
import { type DeployedUnit, deployedUnit, revivedUnit, type WrittenUnit } from "../../plan/deployed.ts";
import { networkParentOf } from "../../plan/follow-parent.ts";
import { LABEL } from "../../plan/labels.ts";
import type { Desired } from "../../plan/unit.ts";
import { NO_SETTINGS, type WatchSettings, watchSettings } from "../../plan/watchdog/settings.ts";
import type { Project } from "../project.ts";
import { replaceFile } from "./replaced-files.ts";

/** Compose ignores members that begin with "x-". */
export type ModelFile = {
  networks: Desired["networks"];
  volumes: Desired["volumes"];
  secrets?: Desired["secrets"];
  configs?: Desired["configs"];
  services: Record<string, ComposeService>;
  "x-soloflow": {
    units: readonly DeployedUnit[];
    watch: WatchSettings;
    /** As in `Desired`; missing in the file of an older agent. */
    upstreams?: Desired["upstreams"];
    /** The soloflow.toml that was deployed, for what begins by itself; missing in the file of an older agent. */
    configFile?: string;
  };
};

export function modelFile(project: Pick<Project, "paths">): string {
  return join(project.paths.state, "model.json");
}

type ModelInput = {
  desired: Desired;
  before: ModelFile | undefined;
  /** Services that this deploy may touch. */
  chosen: readonly string[];
  containers: readonly Container[];
  /** Default: what soloflow.toml says. Where it is given, it is no deploy that writes. */
  watch?: WatchSettings;
};

/**
 * Writes the agent's own Compose model: every service resolved, two-colour ones expanded. A service that this deploy
 * leaves alone (it was not among those asked for) stays as the former model has it, and so does one that is in no
 * compose file any more as long as it has a container. Returns what `replaceFile` does.
 */
export async function writeModel(host: Host, project: Project, input: ModelInput): Promise<string[]> {
  const { desired, before, chosen } = input;
  const changed = desired.units.filter((unit) => chosen.includes(unit.service));
  const made = changed.flatMap((unit) => unit.instances.map(({ name, spec }) => [name, spec] as const));
  const kept = keptUnits(input);
  const former = kept
    .flatMap((unit) => unit.instances.map(({ name }) => [name, before?.services[name]] as const))
    .filter((entry): entry is [string, ComposeService] => entry[1] !== undefined);
  const text = textOf(project, {
    networks: { ...before?.networks, ...desired.networks },
    volumes: { ...before?.volumes, ...desired.volumes },
    secrets: { ...before?.secrets, ...desired.secrets },
    configs: { ...before?.configs, ...desired.configs },
    services: Object.fromEntries([...former, ...made]),
    "x-soloflow": {
      units: inOrderOf(desired, [...kept, ...changed.map(deployedUnit)]),
      watch: input.watch ?? watchSettings(project.config),
      upstreams: desired.upstreams,
      ...configFileOf(project, input),
    },
  });
  return replaceFile(host, modelFile(project), text);
}

function configFileOf({ configFile }: Project, { watch, before }: ModelInput): { configFile?: string } {
  const file = watch === undefined ? configFile : before?.["x-soloflow"].configFile;
  return file === undefined ? {} : { configFile: file };
}

function keptUnits({ desired, before, chosen, containers }: ModelInput): DeployedUnit[] {
  const there = new Set(containers.map(({ labels }) => labels[LABEL.composeService]));
  const known = new Set(desired.units.map(({ service }) => service));
  return (before?.["x-soloflow"].units ?? []).filter(
    ({ service, instances }) =>
      !chosen.includes(service) && (known.has(service) || instances.some(({ name }) => there.has(name))),
  );
}

/** As the desired state has them; what is in no compose file any more comes last. */
function inOrderOf(desired: Desired, units: readonly DeployedUnit[]): DeployedUnit[] {
  const order = desired.units.map((unit) => unit.service);
  const place = ({ service }: DeployedUnit) =>
    order.includes(service) ? order.indexOf(service) : order.length;
  return [...units].sort((a, b) => place(a) - place(b));
}

/** A model with one service as it was before, in the networks and volumes of the former model and this one. */
export function restoreModel(
  project: Project,
  input: { instance: string; spec: ComposeService; before: ModelFile | undefined; desired: Desired },
): string {
  const { instance, spec, before, desired } = input;
  const parent = networkParentOf({ spec });
  const joined = parent === undefined ? undefined : before?.services[parent];
  return textOf(project, {
    networks: { ...desired.networks, ...before?.networks },
    volumes: { ...desired.volumes, ...before?.volumes },
    secrets: { ...desired.secrets, ...before?.secrets },
    configs: { ...desired.configs, ...before?.configs },
    // Compose asks for the service in whose network it lives, and does not touch it.
    services: {
      ...(parent === undefined || joined === undefined ? {} : { [parent]: joined }),
      [instance]: spec,
    },
    "x-soloflow": { units: [], watch: NO_SETTINGS },
  });
}

/** The model of the deploy before; undefined when there was none. */
export async function readModel(
  host: Pick<Host, "files">,
  project: Pick<Project, "paths">,
): Promise<ModelFile | undefined> {
  const text = await host.files.readText(modelFile(project));
  return text === undefined ? undefined : revived(JSON.parse(text) as WrittenModel);
}

/** As an agent without a watchdog may have written it. */
type WrittenModel = Omit<ModelFile, "x-soloflow"> & {
  "x-soloflow": { units: readonly WrittenUnit[] } & Partial<Omit<ModelFile["x-soloflow"], "units">>;
};

function revived(model: WrittenModel): ModelFile {
  const { units, watch = NO_SETTINGS, ...rest } = model["x-soloflow"];
  return {
    ...model,
    "x-soloflow": { ...rest, units: units.map((unit) => revivedUnit(unit, model.services)), watch },
  };
}

function textOf(project: Project, model: ModelFile): string {
  return JSON.stringify({ name: project.config.project, ...usedOnly(model) }, null, 1);
}

/** Compose refuses nothing that is unused, but makes it: networks that no service is in stay away. */
function usedOnly(model: ModelFile): ModelFile {
  const names = new Set(
    Object.values(model.services).flatMap((service) => Object.keys(service.networks ?? {})),
  );
  const networks = Object.entries(model.networks).filter(([name]) => names.has(name));
  return { ...model, networks: Object.fromEntries(networks) };
}
