import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { binary } from "./binary.ts";
import { containerIds } from "./container-ids.ts";
import { docker } from "./sandbox.ts";
import { tempFolder } from "./temp-folder.ts";

const root = resolve(import.meta.dir, "../..");

export type AgentRun = { code: number; stdout: string; stderr: string };

/**
 * A Compose project of one test with the real agent and the real engine: its own names, ports, images, state and
 * folders, all gone at the end of the scope.
 */
export type TestProject = AsyncDisposable & {
  readonly name: string;
  readonly folder: string;
  /** Published port of the service `app`. */
  readonly port: number;
  readonly url: string;
  readonly env: Record<string, string>;
  /** Writes a file of the project's folder. */
  write(file: string, text: string): void;
  /** Runs the compiled agent to its end. */
  agent(...args: string[]): Promise<AgentRun>;
  /** As `agent`, and throws unless it ends with 0. */
  must(...args: string[]): Promise<AgentRun>;
  /** Starts the compiled agent. */
  start(...args: string[]): Promise<Bun.Subprocess<"ignore", "pipe", "pipe">>;
  /** One container's field: `inspect("app-blue", "{{.State.Status}}")`; "" where it is not there. */
  inspect(instance: string, format: string): Promise<string>;
  /** Names of the project's containers, sorted, without the project's name: "app-blue-1". */
  containers(): Promise<string[]>;
};

export async function testProject(): Promise<TestProject> {
  const name = `sft-${randomBytes(4).toString("hex")}`;
  const temp = tempFolder();
  const port = await freePort();
  // On tmpfs: what is decrypted there never reaches a disk.
  const runFolder = `/dev/shm/${name}`;
  const env = { SOLOFLOW_STATE_DIR: temp.at("state"), SOLOFLOW_RUN_DIR: runFolder, NO_COLOR: "1" };
  const folder = temp.at("project");
  mkdirSync(folder);
  const start = async (...args: string[]) =>
    Bun.spawn([await binary(), ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const agent = async (...args: string[]): Promise<AgentRun> => {
    const child = await start(...args);
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    return { code: await child.exited, stdout, stderr };
  };
  return {
    ...{ name, folder, port, env, agent, start, url: `http://127.0.0.1:${port}` },
    write: (file, text) => writeFileSync(join(folder, file), text),
    async must(...args) {
      const run = await agent(...args);
      if (run.code !== 0)
        throw new Error(`${args.join(" ")} ended with ${run.code}:\n${run.stdout}\n${run.stderr}`);
      return run;
    },
    async inspect(instance, format) {
      const [id] = await containerIds(name, `label=com.docker.compose.service=${instance}`);
      return id === undefined ? "" : docker("inspect", "-f", format, id);
    },
    async containers() {
      const names = await docker("ps", "-a", ...ofProject(name), "--format", "{{.Names}}");
      return names
        .split("\n")
        .filter(Boolean)
        .map((each) => each.replace(`${name}-`, ""))
        .sort();
    },
    async [Symbol.asyncDispose]() {
      await removeAll(name);
      rmSync(runFolder, { recursive: true, force: true });
      rmSync(`/var/cache/soloflow/projects/${name}`, { recursive: true, force: true });
      temp[Symbol.dispose]();
    },
  };
}

function ofProject(name: string): string[] {
  return ["--filter", `label=com.docker.compose.project=${name}`];
}

async function removeAll(name: string): Promise<void> {
  const lines = (text: string) => text.split("\n").filter(Boolean);
  const ids = await containerIds(name);
  if (ids.length > 0) await docker("rm", "-fv", ...ids);
  for (const network of lines(await docker("network", "ls", "-q", ...ofProject(name))))
    await docker("network", "rm", network);
  for (const volume of lines(await docker("volume", "ls", "-q", ...ofProject(name))))
    await docker("volume", "rm", "-f", volume);
  // A `*` of Docker's patterns does not reach over a slash.
  const named = [`${name}*`, `${name}/*`].flatMap((pattern) => ["--filter", `reference=${pattern}`]);
  const images = lines(await docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", ...named));
  if (images.length > 0) await docker("image", "rm", "-f", ...images);
}

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

/** What the app of `tests/fixtures/app` is told; see its head. */
export type AppSettings = Record<string, string>;

/** Writes (or rewrites) a project with the one two-colour service `app`; `more` goes into the compose file. */
export function writeApp(
  project: TestProject,
  settings: AppSettings,
  options: { within?: string; toml?: string; more?: string } = {},
): void {
  cpSync(join(root, "tests/fixtures/app"), join(project.folder, "app"), { recursive: true });
  project.write(
    "compose.yaml",
    `services:
  app:
    image: ${project.name}/app
    build: ./app
    ports: ["127.0.0.1:${project.port}:8080"]
    environment: ${JSON.stringify(settings)}
    restart: unless-stopped
${options.more ?? ""}`,
  );
  project.write(
    "soloflow.toml",
    `project = "${project.name}"
[service.app]
ready = { http = ":8080/health", within = "${options.within ?? "60s"}" }
${options.toml?.includes("live =") ? "" : 'live = { http = ":8080/health" }'}
${options.toml ?? ""}`,
  );
}

/** The version that answers customers now. */
export async function version(project: TestProject): Promise<string> {
  const response = await fetch(project.url, { keepalive: false, signal: AbortSignal.timeout(10_000) });
  return ((await response.json()) as { version: string }).version;
}
