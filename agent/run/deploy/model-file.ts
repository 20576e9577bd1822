import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import type { ComposeService } from "../../plan/compose-model.ts";
import { type DeployedUnit, deployedUnit } from "../../plan/deployed.ts";
import type { Desired } from "../../plan/unit.ts";
import type { Project } from "../project.ts";

/** Compose ignores members that begin with "x-". */
export type ModelFile = {
  networks: Desired["networks"];
  volumes: Desired["volumes"];
  services: Record<string, ComposeService>;
  "x-soloflow": { units: readonly DeployedUnit[] };
};

export function modelFile(project: Pick<Project, "paths">): string {
  return join(project.paths.state, "model.json");
}

/**
 * Writes the agent's own Compose model: every service resolved, two-colour ones expanded. A service that this deploy
 * leaves alone (it was not among those asked for) stays as the former model has it.
 */
export async function writeModel(
  host: Host,
  project: Project,
  { desired, before, chosen }: { desired: Desired; before: ModelFile | undefined; chosen: readonly string[] },
): Promise<void> {
  const changed = desired.units.filter((unit) => chosen.includes(unit.service));
  const made = changed.flatMap((unit) => unit.instances.map(({ name, spec }) => [name, spec] as const));
  const kept = (before?.["x-soloflow"].units ?? []).filter((unit) => !chosen.includes(unit.service));
  const former = kept
    .flatMap((unit) => unit.instances.map(({ name }) => [name, before?.services[name]] as const))
    .filter((entry): entry is [string, ComposeService] => entry[1] !== undefined);
  await write(host, project, modelFile(project), {
    networks: { ...before?.networks, ...desired.networks },
    volumes: { ...before?.volumes, ...desired.volumes },
    services: Object.fromEntries([...former, ...made]),
    "x-soloflow": { units: inOrderOf(desired, [...kept, ...changed.map(deployedUnit)]) },
  });
}

/** As the desired state has them; what is in no compose file any more comes last. */
function inOrderOf(desired: Desired, units: readonly DeployedUnit[]): DeployedUnit[] {
  const order = desired.units.map((unit) => unit.service);
  const place = ({ service }: DeployedUnit) =>
    order.includes(service) ? order.indexOf(service) : order.length;
  return [...units].sort((a, b) => place(a) - place(b));
}

/**
 * Writes a model with one service as it was before, in the networks and volumes of the former model and this one.
 * Returns the file.
 */
export async function writeRestoreModel(
  host: Host,
  project: Project,
  input: { instance: string; spec: ComposeService; before: ModelFile | undefined; desired: Desired },
): Promise<string> {
  const { instance, spec, before, desired } = input;
  return write(host, project, join(project.paths.state, "model.restore.json"), {
    networks: { ...desired.networks, ...before?.networks },
    volumes: { ...desired.volumes, ...before?.volumes },
    services: { [instance]: spec },
    "x-soloflow": { units: [] },
  });
}

/** The model of the deploy before; undefined when there was none. */
export async function readModel(
  host: Pick<Host, "files">,
  project: Pick<Project, "paths">,
): Promise<ModelFile | undefined> {
  const text = await host.files.readText(modelFile(project));
  return text === undefined ? undefined : (JSON.parse(text) as ModelFile);
}

async function write(host: Host, project: Project, file: string, model: ModelFile): Promise<string> {
  const used = usedOnly(model);
  await host.files.writeAtomic(file, JSON.stringify({ name: project.config.project, ...used }, null, 1));
  return file;
}

/** Compose refuses nothing that is unused, but makes it: networks that no service is in stay away. */
function usedOnly(model: ModelFile): ModelFile {
  const names = new Set(
    Object.values(model.services).flatMap((service) => Object.keys(service.networks ?? {})),
  );
  const networks = Object.entries(model.networks).filter(([name]) => names.has(name));
  return { ...model, networks: Object.fromEntries(networks) };
}
