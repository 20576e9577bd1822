import { join, resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { canonicalJson, sha256 } from "../core/canonical.ts";
import { EXIT, SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";
import { type ComposeModel, type ComposeService, parseComposeModel } from "../plan/compose-model.ts";
import { composeVariables, isSelfContained } from "../plan/compose-sources.ts";
import { composeConfig } from "../plan/docker.ts";
import { httpsOrigin } from "../plan/https-origin.ts";
import { firstLines } from "./first-lines.ts";
import type { Project } from "./project.ts";

const CONFIG_TIMEOUT_MS = 30_000;

/** Where the compose plugin may be; its size and time stand for its version, which would cost a process to ask. */
const PLUGIN_FOLDERS = [
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
] as const;

/** Compose files of the project, absolute, in the order in which they are merged. */
export function composeFiles(project: Project): string[] {
  return project.config.compose.map((file) => resolve(project.root, file));
}

/** Variables that the agent gives to the compose file. */
export function agentVariables(project: Project): Record<string, string> {
  const { domain, https_port: port } = project.config.ingress;
  return { SOLOFLOW_ORIGIN: domain === undefined ? "" : httpsOrigin(domain, port) };
}

/**
 * What `docker compose config` makes of the project's compose files. The answer is kept under a hash of every file
 * and variable that went in, so that nothing changed means no process.
 * Errors: SoloflowError "compose" (exit 2) with Compose's own words, file and line; "no-docker" without a docker CLI.
 */
export async function readComposeModel(host: Host, project: Project): Promise<ComposeModel> {
  const key = await cacheKey(host, project);
  const file = join(project.paths.state, "compose-config.json");
  const cached = key === undefined ? undefined : await readCached(host, file, key);
  if (cached !== undefined) return cached;
  const model = withoutSecrets(parseComposeModel(await runConfig(host, project)), project.config);
  if (key !== undefined)
    await host.files.writeAtomic(file, JSON.stringify({ key, json: JSON.stringify(model) }));
  return model;
}

/** What `[secret.*]` delivers replaces what the environment says: an old value from an env file is not kept anywhere. */
function withoutSecrets(model: ComposeModel, config: Config): ComposeModel {
  const services = Object.entries(model.services).map(([name, service]): [string, ComposeService] => {
    const delivered = (variable: string) => config.secret[variable]?.for.includes(name) === true;
    const kept = Object.entries(service.environment ?? {}).filter(([variable]) => !delivered(variable));
    return [
      name,
      service.environment === undefined ? service : { ...service, environment: Object.fromEntries(kept) },
    ];
  });
  return { ...model, services: Object.fromEntries(services) };
}

async function runConfig(host: Host, project: Project): Promise<string> {
  const { env_file: envFile, project: name } = project.config;
  const command = composeConfig({
    files: composeFiles(project),
    project: name,
    envFile: envFile === undefined ? undefined : resolve(project.root, envFile),
    cwd: project.root,
    env: agentVariables(project),
  });
  const outcome = await host.exec(command, { timeoutMs: CONFIG_TIMEOUT_MS });
  switch (outcome.kind) {
    case "ok":
      return outcome.stdout;
    case "failed":
      throw new SoloflowError("compose", firstLines(outcome.stderr), {
        hint: "this is what docker compose says of the compose file",
        exitCode: EXIT.usage,
      });
    case "missing":
      throw new SoloflowError("no-docker", "there is no docker command on this machine", {
        hint: "soloflow-agent setup installs it",
        exitCode: EXIT.noDocker,
      });
    case "killed":
      throw new SoloflowError("compose", "docker compose config did not end within 30 s");
    default:
      return outcome satisfies never;
  }
}

async function readCached(host: Host, file: string, key: string): Promise<ComposeModel | undefined> {
  const text = await host.files.readText(file);
  if (text === undefined) return undefined;
  try {
    const cached = JSON.parse(text) as { key?: unknown; json?: unknown };
    return cached.key === key && typeof cached.json === "string" ? parseComposeModel(cached.json) : undefined;
  } catch {
    // A torn cache is no cache: Compose is asked again and the file is replaced.
    return undefined;
  }
}

/** undefined where the files read are not all known: then Compose is always asked. */
async function cacheKey(host: Host, project: Project): Promise<string | undefined> {
  const files = composeFiles(project);
  const texts = await Promise.all(files.map((file) => host.files.readText(file)));
  if (!texts.every((text) => text !== undefined && isSelfContained(text))) return undefined;
  const known = texts.filter((text) => text !== undefined);
  const beside = join(project.config.compose[0] ?? "", "..", ".env");
  const envFile = resolve(project.root, project.config.env_file ?? beside);
  return sha256(
    canonicalJson({
      project: project.config.project,
      files,
      texts: known.map(sha256),
      envFile: await hashOf(host, envFile),
      variables: composeVariables(known).map((name) => [name, sha256(host.env[name] ?? "\0unset")]),
      settings: Object.entries(host.env).filter(([name]) => name.startsWith("COMPOSE_")),
      agent: agentVariables(project),
      plugin: await pluginStamp(host),
    }),
  );
}

async function hashOf(host: Host, file: string): Promise<string> {
  const text = await host.files.readText(file);
  return text === undefined ? "absent" : sha256(text);
}

async function pluginStamp(host: Host): Promise<string[]> {
  const folders = [join(host.env.HOME ?? "/", ".docker/cli-plugins"), ...PLUGIN_FOLDERS];
  const stamps = folders.map(async (folder) => {
    const stat = await host.files.stat(join(folder, "docker-compose"));
    return stat === undefined ? "" : `${folder} ${stat.size} ${stat.modifiedAtMs}`;
  });
  return (await Promise.all(stamps)).filter((stamp) => stamp !== "");
}
