import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import type { InputParts } from "../../plan/images/image-inputs.ts";
import type { Project } from "../project.ts";

/** "soloflow/gateway" as the name of a file. */
export function imageSlug(name: string): string {
  return name.replaceAll(/[^a-z0-9.-]/g, "_");
}

/** What the cache holds for one project alone; what recipes fetch is shared by all. */
function projectCache(project: Project): string {
  return join(project.paths.cache, "projects", project.config.project);
}

export function hashesFile(project: Project): string {
  return join(projectCache(project), "hashes.json");
}

/** Folder of one image's build; made anew for each and gone after it. */
export function workFolder(project: Project, image: string): string {
  return join(projectCache(project), "build", imageSlug(image));
}

function partsFile(project: Project, image: string): string {
  return join(projectCache(project), "inputs", `${imageSlug(image)}.json`);
}

type Files = Pick<Host, "files">;

/** What went into the build that has these inputs; undefined when that is not written down (any more). */
export async function readParts(
  { files }: Files,
  project: Project,
  image: string,
  inputs: string,
): Promise<InputParts | undefined> {
  try {
    const kept = JSON.parse((await files.readText(partsFile(project, image))) ?? "null");
    return kept?.inputs === inputs && typeof kept.parts === "object" ? kept.parts : undefined;
  } catch {
    // Only the words of the cause depend on it.
    return undefined;
  }
}

export async function writeParts(
  { files }: Files,
  project: Project,
  build: { image: string; inputs: string; parts: InputParts },
): Promise<void> {
  const { image, inputs, parts } = build;
  await files.writeAtomic(partsFile(project, image), JSON.stringify({ inputs, parts }));
}
