import { dirname, join, relative, resolve } from "node:path";
import type { Fault } from "../../config/fault.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { composeErrors } from "../../plan/check/compose-errors.ts";
import { ComposeSource } from "../../plan/check/compose-source.ts";
import { looseModel } from "../../plan/check/loose-model.ts";
import { error, warning } from "../../plan/check/places.ts";
import type { Subject } from "../../plan/check/subject.ts";
import type { ComposeModel, ComposeService } from "../../plan/compose-model.ts";
import { parseDotenv } from "../../plan/dotenv.ts";
import { agentVariables, composeFiles, readComposeModel } from "../compose-model.ts";
import type { Project } from "../project.ts";

export type GatheredCompose = Pick<Subject, "compose" | "model" | "resolved" | "variables"> & {
  /** False where a file is missing or no YAML: then nothing can be said of its services. */
  readable: boolean;
  faults: Fault[];
};

/** The compose files as written and as Compose resolves them; where it cannot, as they read without it. */
export async function gatherCompose(
  host: Host,
  project: Project,
  configFile: string,
): Promise<GatheredCompose> {
  const faults: Fault[] = [];
  const compose: ComposeSource[] = [];
  for (const path of composeFiles(project)) {
    const name = relative(project.root, path);
    const text = await host.files.readText(path);
    if (text === undefined) faults.push(missing(name, configFile));
    else compose.push(new ComposeSource(text, name));
  }
  faults.push(...compose.flatMap((source) => source.faults));
  const variables = { ...(await envFileValues(host, project)), ...host.env, ...agentVariables(project) };
  const loose = readLoosely(project, compose, variables);
  if (faults.length > 0)
    return { compose, model: loose, resolved: false, readable: false, variables, faults };
  const resolved = await resolvedModel(host, project, compose);
  const known = { compose, variables, readable: true };
  if (!Array.isArray(resolved)) return { ...known, model: resolved, resolved: true, faults: [] };
  return { ...known, model: loose, resolved: false, faults: resolved };
}

function missing(name: string, configFile: string): Fault {
  return error(
    "compose",
    { file: configFile },
    {
      message: `there is no ${name}`,
      hint: "compose names the compose file, relative to soloflow.toml; soloflow-agent init writes the stack's own",
    },
  );
}

/** The model, or why there is none. */
async function resolvedModel(
  host: Host,
  project: Project,
  compose: readonly ComposeSource[],
): Promise<ComposeModel | Fault[]> {
  try {
    return await readComposeModel(host, project);
  } catch (thrown) {
    if (!(thrown instanceof SoloflowError)) throw thrown;
    // Without a docker command the engine's rule says so; the files are read without it.
    if (thrown.code !== "compose") return [];
    const faults = composeErrors(thrown.message, { compose });
    return faults.length > 0 ? faults : [warning("compose", { file: compose[0]?.file ?? "" }, thrown)];
  }
}

function readLoosely(
  project: Project,
  compose: readonly ComposeSource[],
  variables: Subject["variables"],
): ComposeModel {
  const models = compose.map((source) =>
    looseModel(source.data, resolve(project.root, source.file), variables),
  );
  const services: Record<string, ComposeService> = {};
  for (const model of models) {
    for (const [name, service] of Object.entries(model.services))
      services[name] = { ...services[name], ...service };
  }
  return {
    name: project.config.project,
    services,
    networks: Object.assign({}, ...models.map(({ networks }) => networks)),
    volumes: Object.assign({}, ...models.map(({ volumes }) => volumes)),
  };
}

/** The file that Compose fills variables from, absolute. */
export function composeEnvFile(project: Project): string {
  const { env_file: file, compose } = project.config;
  if (file !== undefined) return resolve(project.root, file);
  return join(dirname(resolve(project.root, compose[0] ?? "compose.yaml")), ".env");
}

async function envFileValues(host: Pick<Host, "files">, project: Project): Promise<Record<string, string>> {
  const { entries } = parseDotenv((await host.files.readText(composeEnvFile(project))) ?? "");
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}
