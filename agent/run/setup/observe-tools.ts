import { join } from "node:path";
import type { Machine, Tool } from "../../plan/setup/machine.ts";
import { firstVersion, parseDockerVersion } from "../../plan/setup/parse-docker.ts";
import type { SetupHost } from "./setup-host.ts";

const QUICK = { timeoutMs: 10_000 };

/** Where the docker command looks for plugins that are not a user's own, in its order. */
const PLUGIN_FOLDERS = [
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
];

export type Tools = {
  tools: Machine["tools"];
  /** What the docker command says of the engine. */
  answered: { server: string | undefined; denied: boolean };
};

export async function observeTools(setup: SetupHost): Promise<Tools> {
  const outcome = await setup.try(["docker", "version", "--format", "{{json .}}"], QUICK);
  const parsed = "stdout" in outcome ? parseDockerVersion(outcome.stdout) : undefined;
  const denied = "stderr" in outcome && /permission denied while trying to connect/i.test(outcome.stderr);
  const folders = (setup.host.env.PATH ?? "").split(":").filter((folder) => folder !== "");
  return {
    tools: {
      cli:
        parsed?.client === undefined
          ? undefined
          : { version: parsed.client, path: await firstOf(setup, folders, "docker") },
      compose: await plugin(setup, "compose", ["version", "--short"]),
      buildx: await plugin(setup, "buildx", ["version"]),
    },
    answered: { server: parsed?.server, denied },
  };
}

async function plugin(setup: SetupHost, name: string, ask: readonly string[]): Promise<Tool | undefined> {
  const outcome = await setup.try(["docker", name, ...ask], QUICK);
  const version = outcome.kind === "ok" ? firstVersion(outcome.stdout) : undefined;
  if (version === undefined) return undefined;
  const { DOCKER_CONFIG, HOME } = setup.host.env;
  const own = join(DOCKER_CONFIG ?? join(HOME ?? "/", ".docker"), "cli-plugins");
  return { version, path: await firstOf(setup, [own, ...PLUGIN_FOLDERS], `docker-${name}`) };
}

async function firstOf(
  { host }: SetupHost,
  folders: readonly string[],
  name: string,
): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if ((await host.files.stat(path)) !== undefined) return path;
  }
  return undefined;
}
