import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stackSourceFiles } from "../../agent/run/stack-source.ts";
import { freePort, type TestProject, testProject } from "./test-project.ts";

const root = resolve(import.meta.dir, "../..");

/** Images that tests change; they carry the project's name. The others are made once, for all such projects. */
const CHANGED = ["gateway", "provider"];
const IMAGE = /(?<![\w/])soloflow\/(base|node|bun|database|gateway|provider|ingress|adminer)\b/g;

/**
 * The whole SoloFlow stack as one test's project: a copy of its sources with ports, containers and images that
 * neither a stack deployed on this machine nor another test has.
 */
export type StackProject = TestProject & {
  readonly gateway: string;
  /** By the name that the provider has of itself, so that a browser's requests are its own. */
  readonly provider: string;
  readonly ports: Readonly<Record<"gateway" | "provider" | "database" | "pgadmin", number>>;
  /** Replaces `from` wherever one file of the project says it; throws where it does not. */
  edit(file: string, from: string, to: string): void;
};

export async function stackProject(): Promise<StackProject> {
  const project = await testProject();
  for (const path of [
    "soloflow.toml",
    ...stackSourceFiles(join(root, "stack")).map((file) => join("stack", file)),
  ])
    cpSync(join(root, path), join(project.folder, path));
  const stack = await asStackProject(project);
  stack.edit(
    "soloflow.toml",
    "[ingress]\n",
    '[ingress]\nbuild = { context = "stack/ingress", image = "sft-stack/ingress", recipe = "stack/images/rootfs.sh" }\n',
  );
  return stack;
}

/** Takes a folder that holds the stack and its soloflow.toml, and gives it names and ports of its own. */
export async function asStackProject(project: TestProject): Promise<StackProject> {
  const { name, folder } = project;
  const ports = {
    ...{ gateway: project.port, provider: await freePort() },
    ...{ database: await freePort(), pgadmin: await freePort() },
  };
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const edit = (file: string, from: string, to: string): void => {
    const text = read(file);
    if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
    project.write(file, text.replaceAll(from, to));
  };
  for (const file of ["soloflow.toml", "stack/compose.yaml", ...dockerfiles(folder)])
    project.write(
      file,
      read(file).replaceAll(IMAGE, (_, image) => `${CHANGED.includes(image) ? name : "sft-stack"}/${image}`),
    );
  edit("soloflow.toml", 'project = "soloflow"', `project = "${name}"`);
  edit("stack/compose.yaml", "container_name: soloflow-db", `container_name: ${name}-db`);
  edit("stack/compose.yaml", "container_name: pgadmin", `container_name: ${name}-pgadmin`);
  const settings = Object.entries(ports).map(([service, port]) => `${service.toUpperCase()}_PORT=${port}\n`);
  project.write("stack/.env", settings.join(""));
  return Object.assign(project, {
    ...{ ports, edit },
    gateway: `http://127.0.0.1:${ports.gateway}`,
    provider: `http://localhost:${ports.provider}`,
  });
}

function dockerfiles(folder: string): string[] {
  const files = readdirSync(join(folder, "stack"), { recursive: true }) as string[];
  return files.filter((file) => file.endsWith("Dockerfile")).map((file) => join("stack", file));
}
