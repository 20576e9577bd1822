import { basename } from "node:path";
import type { Fault } from "../config/fault.ts";
import { TomlPositions } from "../config/toml-positions.ts";
import { SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";
import { engine } from "../plan/check/engine.ts";
import type { MachineFacts } from "../plan/check/machine-facts.ts";
import { error } from "../plan/check/places.ts";
import { checkMachine, checkSubject, sortFaults } from "../plan/check/rules.ts";
import type { Subject } from "../plan/check/subject.ts";
import { wantedPorts } from "../plan/check/taken-ports.ts";
import { gatherCompose } from "./check/gather-compose.ts";
import { gatherDockerfiles } from "./check/gather-dockerfiles.ts";
import { gatherEnvFiles } from "./check/gather-env-files.ts";
import { gatherMachine } from "./check/gather-machine.ts";
import { gatherTakenPorts } from "./check/gather-ports.ts";
import { gatherStateFolders } from "./check/gather-state-folders.ts";
import { gatherImageBytes, gatherUsedBytes } from "./check/gather-use.ts";
import { projectOf, readConfig } from "./load-project.ts";
import type { Project } from "./project.ts";
import { secretsState } from "./secrets/secrets-state.ts";
import { recoveryDrill } from "./secrets/verify-secrets.ts";

/**
 * Everything that is wrong, all at once: `configFile` as the person named it. Where one thing cannot be read, the
 * rest is checked all the same. Changes nothing. Errors: SoloflowError "config" when there is no configuration.
 */
export async function checkProject(host: Host, configFile: string): Promise<Fault[]> {
  const { config, faults } = await readConfig(host, configFile);
  if (config !== undefined) return runChecks(host, projectOf(config, configFile, host), { configFile });
  return sortFaults([...faults, ...engine({ machine: await gatherMachine(host) })]);
}

export type CheckOptions = {
  /** What faults call the configuration file. Default: its base name. */
  configFile?: string;
  /** Names of the images that are about to be built: the disk needs room for these. Default: all. */
  building?: readonly string[];
};

/** The same for a project that is loaded already, before a deploy (see `asSeenByDeploy`). */
export async function runChecks(
  host: Host,
  project: Project,
  { configFile = basename(project.configFile), building }: CheckOptions = {},
): Promise<Fault[]> {
  const { text, faults } = await readConfig(host, project.configFile, configFile);
  const configSource = { file: configFile, positions: new TomlPositions(text) };
  const compose = await gatherCompose(host, project, configFile);
  const known = { ...compose, config: project.config, configSource };
  const { dockerfiles, faults: missing } = await gatherDockerfiles(host, project, known);
  const { stored, recoveryUntried, faults: ofStore } = await gatherStored(host, project, configFile);
  const subject: Subject = {
    ...known,
    dockerfiles,
    building: building && new Set(building),
    envFiles: await gatherEnvFiles(host, project, compose),
    stored,
    recoveryUntried,
    machine: await gatherFacts(host, project, { ...known, dockerfiles }),
  };
  const found = compose.readable ? checkSubject(subject) : checkMachine(subject);
  return sortFaults([...faults, ...compose.faults, ...missing, ...ofStore, ...found]);
}

async function gatherFacts(
  host: Host,
  project: Project,
  known: Pick<Subject, "config" | "model" | "dockerfiles">,
): Promise<MachineFacts> {
  const name = project.config.project;
  const [machine, takenPorts, imageBytes, usedBytes, stateFolders, stat] = await Promise.all([
    gatherMachine(host),
    gatherTakenPorts(host, name, wantedPorts(known)),
    gatherImageBytes(host, [...new Set(known.dockerfiles.map(({ image }) => image))]),
    gatherUsedBytes(host, name),
    gatherStateFolders(host, project),
    host.files.stat(project.configFile),
  ]);
  const configChangedMs = stat?.modifiedAtMs ?? 0;
  return { ...machine, takenPorts, imageBytes, usedBytes, stateFolders, configChangedMs };
}

type Stored = Pick<Subject, "stored" | "recoveryUntried"> & { faults: Fault[] };

/** Names that have a value; a store that cannot be opened is a fault of its own. */
async function gatherStored(host: Host, project: Project, file: string): Promise<Stored> {
  const none = { stored: undefined, recoveryUntried: false };
  if (Object.keys(project.config.secret).length === 0) return { ...none, faults: [] };
  try {
    const { secrets, storeVersion } = await secretsState(host, project);
    const stored = secrets.filter((secret) => secret.stored !== undefined).map(({ name }) => name);
    const { provenAt } = await recoveryDrill(host, project);
    const recoveryUntried = storeVersion !== undefined && provenAt === undefined;
    return { stored: new Set(stored), recoveryUntried, faults: [] };
  } catch (thrown) {
    if (!(thrown instanceof SoloflowError)) throw thrown;
    return { ...none, faults: [error("secret-store", { file }, thrown)] };
  }
}
