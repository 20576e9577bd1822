import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { sha256 } from "../../agent/core/canonical.ts";
import { stackSourceFiles } from "../../agent/run/stack-source.ts";
import { freePort, type TestProject, testProject } from "./test-project.ts";

const root = resolve(import.meta.dir, "../..");

/** Images that tests change; they carry the project's name. */
const CHANGED = ["gateway", "provider"];
const IMAGE = /(?<![\w/])soloflow\/(base|node|bun|database|gateway|provider|ingress|adminer)\b/g;
/** Sources of the other images, which all projects of the same sources share: they are made once and stay. */
const SHARED = /^(images|database|ingress|pgadmin)\//;

/**
 * The whole SoloFlow stack as one test's project: a copy of its sources with ports, containers and images that
 * neither a stack deployed on this machine nor another test has.
 */
export type StackProject = TestProject & {
  readonly gateway: string;
  /** By the name that the provider has of itself, so that a browser's requests are its own. */
  readonly provider: string;
  readonly ports: Readonly<Record<"gateway" | "provider" | "database" | "pgadmin", number>>;
  /** Name of one of the stack's images here, without a tag: `image("ingress")`. */
  image(name: string): string;
  /** Replaces `from` wherever one file of the project says it; throws where it does not. */
  edit(file: string, from: string, to: string): void;
};

export async function stackProject(): Promise<StackProject> {
  const project = await testProject();
  const files = stackSourceFiles(join(root, "stack")).map((file) => join("stack", file));
  // As the agent itself lays them out, so that images are the same whatever umask this checkout was made with.
  for (const file of ["soloflow.toml", ...files]) {
    mkdirSync(join(project.folder, dirname(file)), { recursive: true });
    project.write(file, readFileSync(join(root, file), "utf8"));
  }
  const stack = await asStackProject(project);
  const build = `{ context = "stack/ingress", image = "${stack.image("ingress")}", recipe = "stack/images/rootfs.sh" }`;
  stack.edit("soloflow.toml", "[ingress]\n", `[ingress]\nbuild = ${build}\n`);
  return stack;
}

/** Takes a folder that holds the stack and its soloflow.toml, and gives it names and ports of its own. */
export async function asStackProject(project: TestProject): Promise<StackProject> {
  const { name, folder } = project;
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const edit = (file: string, from: string, to: string): void => {
    if (!read(file).includes(from)) throw new Error(`${file} does not say ${from}`);
    project.write(file, read(file).replaceAll(from, to));
  };
  const sources = stackSourceFiles(join(folder, "stack")).map((file) => join("stack", file));
  const shared = sources.filter((file) => SHARED.test(file.slice("stack/".length)));
  const group = `sft-stack-${sha256(shared.map((file) => `${file}\0${read(file)}`).join("\0")).slice(0, 8)}`;
  const image = (which: string) => `${CHANGED.includes(which) ? name : group}/${which}`;
  const named = sources.filter((file) => /(Dockerfile|\/compose\.yaml)$/.test(file));
  for (const file of ["soloflow.toml", ...named])
    project.write(
      file,
      read(file).replaceAll(IMAGE, (_, which) => image(which)),
    );
  edit("soloflow.toml", 'project = "soloflow"', `project = "${name}"`);
  edit("stack/compose.yaml", "container_name: soloflow-db", `container_name: ${name}-db`);
  edit("stack/compose.yaml", "container_name: pgadmin", `container_name: ${name}-pgadmin`);
  const ports = await freePorts(project.port);
  const settings = Object.entries(ports).map(([service, port]) => `${service.toUpperCase()}_PORT=${port}\n`);
  project.write("stack/.env", settings.join(""));
  return Object.assign(project, {
    ...{ ports, edit, image },
    gateway: `http://127.0.0.1:${ports.gateway}`,
    provider: `http://localhost:${ports.provider}`,
  });
}

/** The machine gives a port again that was given back a moment ago. */
async function freePorts(gateway: number): Promise<StackProject["ports"]> {
  const ports = new Set([gateway]);
  while (ports.size < 4) ports.add(await freePort());
  const [, provider = 0, database = 0, pgadmin = 0] = ports;
  return { gateway, provider, database, pgadmin };
}
