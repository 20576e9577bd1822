import { dirname, join, relative, resolve } from "node:path";
import type { Host } from "../../host/host.ts";
import { interpolate } from "../../plan/check/interpolate.ts";
import { servicesOf } from "../../plan/check/raw-environment.ts";
import type { EnvFile } from "../../plan/check/subject.ts";
import { parseDotenv } from "../../plan/dotenv.ts";
import type { Project } from "../project.ts";
import { composeEnvFile, type GatheredCompose } from "./gather-compose.ts";

/** Env files that Compose or a container reads, and a filled `.env.docker` that nobody does. */
export async function gatherEnvFiles(
  host: Pick<Host, "files">,
  project: Project,
  compose: GatheredCompose,
): Promise<EnvFile[]> {
  const ofContainers = containerFiles(project, compose);
  const ofCompose = composeEnvFile(project);
  const folders = [
    project.root,
    ...project.config.compose.map((file) => dirname(resolve(project.root, file))),
  ];
  const candidates = new Set([
    ofCompose,
    ...ofContainers.keys(),
    ...folders.map((one) => join(one, ".env.docker")),
  ]);
  const found: EnvFile[] = [];
  for (const path of candidates) {
    const [text, stat] = [await host.files.readText(path), await host.files.stat(path)];
    if (text === undefined || stat === undefined) continue;
    const services = ofContainers.get(path) ?? [];
    const readBy = path === ofCompose ? "compose" : services.length > 0 ? "containers" : "nobody";
    found.push({
      file: relative(project.root, path),
      ...parseDotenv(text),
      mode: stat.mode,
      readBy,
      services,
    });
  }
  return found;
}

/** Each file of `env_file:`, absolute, with the services that read it. */
function containerFiles(project: Project, { compose, variables }: GatheredCompose): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const source of compose) {
    const folder = dirname(resolve(project.root, source.file));
    for (const [service, fields] of servicesOf(source)) {
      for (const path of pathsIn(fields.env_file)) {
        const file = resolve(folder, interpolate(path, variables));
        found.set(file, [...(found.get(file) ?? []), service]);
      }
    }
  }
  return found;
}

/** One path, a list of them, or of tables with a path. */
function pathsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(pathsIn);
  if (typeof value !== "object" || value === null || !("path" in value)) return [];
  return pathsIn(value.path);
}
