import { dirname, join, relative, resolve } from "node:path";
import { formatFault } from "../../config/fault.ts";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { ComposeSource } from "../../plan/check/compose-source.ts";
import { looseModel } from "../../plan/check/loose-model.ts";
import { type ComposeModel, parseComposeModel } from "../../plan/compose-model.ts";
import { parseDotenv } from "../../plan/dotenv.ts";
import { adaptedConfig } from "../../plan/init/adapted-config.ts";
import { suggestSecrets } from "../../plan/init/suggest-secrets.ts";
import { LABEL } from "../../plan/labels.ts";
import { firstLines } from "../first-lines.ts";
import { projectRoot } from "../project.ts";
import { type FileState, type MayReplace, writeConfig } from "./config-file.ts";

export type AdaptResult = {
  config: { file: string; state: FileState };
  project: string;
  services: string[];
  /** Names of secrets that were found in the environment. */
  secrets: string[];
  /** What a person should know of how it was read. */
  notes: string[];
};

/** Compose's label: the absolute paths of the files that a container was made from, joined by commas. */
const CONFIG_FILES = "com.docker.compose.project.config_files";

const CONFIG_TIMEOUT_MS = 30_000;

/**
 * Writes a configuration for somebody's compose file, which is only read.
 * Errors: SoloflowError "init" (exit 2) when there is no such file or it is not YAML.
 */
export async function initFrom(
  host: Pick<Host, "files" | "exec" | "env" | "engine">,
  configFile: string,
  from: string,
  mayReplace: MayReplace,
): Promise<AdaptResult> {
  const compose = resolve(from);
  const text = await host.files.readText(compose);
  if (text === undefined) throw refused(`there is no ${from}`);
  const source = new ComposeSource(text, from);
  if (source.faults.length > 0) throw refused(source.faults.map(formatFault).join("\n"));
  const read = await readModel(host, compose, source);
  const running = await runningProject(host, compose);
  const model = { ...read.model, name: running ?? read.model.name };
  const notes =
    running === undefined || running === read.model.name ? read.notes : [...read.notes, named(running)];
  const envFile = await unreadEnvFile(host, dirname(compose), projectRoot(configFile));
  const composeFile = relative(projectRoot(configFile), compose);
  const config = adaptedConfig({ model, composeFile, envFile });
  return {
    config: { file: configFile, state: await writeConfig(host, resolve(configFile), config, mayReplace) },
    project: model.name,
    services: Object.keys(model.services),
    secrets: suggestSecrets(model).map(({ name }) => name),
    notes,
  };
}

async function readModel(
  host: Pick<Host, "files" | "exec" | "env">,
  compose: string,
  source: ComposeSource,
): Promise<{ model: ComposeModel; notes: string[] }> {
  const outcome = await host.exec(
    { argv: ["docker", "compose", "-f", compose, "config", "--format", "json"], cwd: dirname(compose) },
    { timeoutMs: CONFIG_TIMEOUT_MS },
  );
  if (outcome.kind === "ok") return { model: parseComposeModel(outcome.stdout), notes: [] };
  const why =
    outcome.kind === "missing"
      ? "there is no docker command yet"
      : outcome.kind === "failed"
        ? `docker compose refuses it: ${firstLines(outcome.stderr, 1)}`
        : "docker compose did not answer";
  const values = { ...(await dotenv(host, join(dirname(compose), ".env"))), ...host.env };
  return { model: looseModel(source.data, compose, values), notes: [`${why}; the file was read without it`] };
}

/** The project under which this compose file runs already; volumes carry that name. */
async function runningProject(host: Pick<Host, "engine">, compose: string): Promise<string | undefined> {
  try {
    const containers = await host.engine.containers([LABEL.composeProject]);
    const ours = containers.find(({ labels }) => labels[CONFIG_FILES]?.split(",").includes(compose) === true);
    return ours?.labels[LABEL.composeProject];
  } catch {
    // Without an engine nothing runs that could be found.
    return undefined;
  }
}

function named(project: string): string {
  return `it runs already, as the project ${project}; that name was taken over`;
}

async function dotenv(host: Pick<Host, "files">, file: string): Promise<Record<string, string>> {
  const { entries } = parseDotenv((await host.files.readText(file)) ?? "");
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

/** A filled `.env.docker` or the like beside the compose file, where no `.env` is: nobody reads it. */
async function unreadEnvFile(
  host: Pick<Host, "files">,
  folder: string,
  root: string,
): Promise<string | undefined> {
  const names = (await host.files.list(folder)) ?? [];
  if (names.includes(".env")) return undefined;
  const found = names.find(
    (name) => /^\.env\.[\w.-]+$/.test(name) && !/\.(example|sample|template|dist)$/.test(name),
  );
  return found === undefined ? undefined : relative(root, join(folder, found));
}

function refused(message: string): SoloflowError {
  return new SoloflowError("init", message, {
    hint: "soloflow-agent init --from PATH reads a compose file",
    exitCode: EXIT.usage,
  });
}
