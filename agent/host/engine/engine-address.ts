import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT, SoloflowError } from "../../core/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_SOCKET = "/var/run/docker.sock";

/**
 * Path of the socket of the engine that the docker CLI would talk to: DOCKER_HOST, else DOCKER_CONTEXT, else the
 * context chosen by `docker context use`, else /var/run/docker.sock. Builds go through the CLI and the rest through
 * the socket, so both must mean the same engine.
 * Throws SoloflowError "no-docker" (exit code 6) for an engine that is not on this machine.
 */
export function engineSocket(environment: Environment): string {
  if (environment.DOCKER_HOST) return socketOf(environment.DOCKER_HOST, "DOCKER_HOST");
  const folder = environment.DOCKER_CONFIG || join(environment.HOME ?? "/", ".docker");
  const context = environment.DOCKER_CONTEXT || currentContext(folder);
  if (context === undefined || context === "" || context === "default") return DEFAULT_SOCKET;
  const host = contextHost(folder, context);
  if (host !== undefined) return socketOf(host, `the docker context "${context}"`);
  throw new SoloflowError("no-docker", `there is no docker context "${context}"`, {
    hint: "`docker context ls` shows those that there are",
    exitCode: EXIT.noDocker,
  });
}

function socketOf(address: string, from: string): string {
  const path = /^unix:\/\/(\/.+)$/.exec(address)?.[1];
  if (path !== undefined) return path;
  throw new SoloflowError("no-docker", `${from} is ${address}; only an engine on this machine is supported`, {
    hint: `run soloflow-agent on the machine of the engine, with DOCKER_HOST unset or unix://${DEFAULT_SOCKET}`,
    exitCode: EXIT.noDocker,
  });
}

function currentContext(folder: string): string | undefined {
  const current = readJson(join(folder, "config.json"))?.currentContext;
  return typeof current === "string" ? current : undefined;
}

/** The CLI keeps a context under the SHA-256 of its name. */
function contextHost(folder: string, name: string): string | undefined {
  const id = new Bun.CryptoHasher("sha256").update(name).digest("hex");
  const endpoints = readJson(join(folder, "contexts/meta", id, "meta.json"))?.Endpoints as
    | { docker?: { Host?: unknown } }
    | undefined;
  const host = endpoints?.docker?.Host;
  return typeof host === "string" ? host : undefined;
}

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
