import { isAbsolute, relative } from "node:path";
import type { Fault } from "../../config/fault.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { error, inCompose, inConfig } from "../../plan/check/places.ts";
import type { DockerfileSource, Subject } from "../../plan/check/subject.ts";
import { parseDockerfile } from "../../plan/images/dockerfile.ts";
import type { ImageSource } from "../../plan/images/image-spec.ts";
import { imagesOf } from "../../plan/images.ts";
import type { Project } from "../project.ts";
import { contextFacts } from "./context-facts.ts";

type Known = Pick<Subject, "compose" | "model" | "config" | "configSource">;
export type GatheredDockerfiles = { dockerfiles: DockerfileSource[]; faults: Fault[] };

/** Stands for the folder of the agent's own stack, which is not the user's to mend. */
const EMBEDDED = "/the-agent's-own-stack";

/** Every Dockerfile of the project, and a fault for each that is not there. */
export async function gatherDockerfiles(
  host: Pick<Host, "files">,
  project: Project,
  known: Known,
): Promise<GatheredDockerfiles> {
  const dockerfiles: DockerfileSource[] = [];
  const { sources, faults } = imageSources(project, known);
  for (const source of sources) {
    const text = source.inline ?? (await host.files.readText(source.dockerfile));
    if (text === undefined) faults.push(await absent(host, project, known, source));
    else dockerfiles.push(await read(host, project, source, text));
  }
  return { dockerfiles, faults };
}

function imageSources(project: Project, known: Known): { sources: ImageSource[]; faults: Fault[] } {
  try {
    const all = imagesOf(known.config, known.model, project.root, EMBEDDED);
    return { sources: all.filter(({ context }) => !context.startsWith(EMBEDDED)), faults: [] };
  } catch (thrown) {
    if (!(thrown instanceof SoloflowError)) throw thrown;
    return { sources: [], faults: [error("images", { file: known.configSource.file }, thrown)] };
  }
}

async function read(
  host: Pick<Host, "files">,
  project: Project,
  source: ImageSource,
  text: string,
): Promise<DockerfileSource> {
  const instructions = parseDockerfile(text);
  return {
    file: shown(project, source.dockerfile),
    image: source.name,
    instructions,
    target: source.target,
    args: source.args,
    services: source.services,
    context: await contextFacts(host, { ...source, instructions, shown: (path) => shown(project, path) }),
  };
}

async function absent(
  host: Pick<Host, "files">,
  project: Project,
  known: Known,
  source: ImageSource,
): Promise<Fault> {
  const hasContext = (await host.files.stat(source.context)) !== undefined;
  const missing = shown(project, hasContext ? source.dockerfile : source.context);
  return error("images", placeOf(known, source), {
    message: `${source.name} is built from ${missing}, which is not there`,
    hint: 'mend the path, or name a finished image: image = "…"',
  });
}

/** Where the build is written: soloflow.toml's tables win over the compose file. */
function placeOf(known: Known, source: ImageSource) {
  const { config } = known;
  const subject = known as Subject;
  const image = Object.keys(config.image).find((key) => config.image[key]?.image === source.name);
  if (image !== undefined) return inConfig(subject, ["image", image, "context"]);
  const own = source.services.find((name) => config.service[name]?.build !== undefined);
  if (own !== undefined) return inConfig(subject, ["service", own, "build", "context"]);
  return inCompose(known, ["services", source.services[0] ?? "", "build"]);
}

function shown(project: Project, path: string): string {
  const inside = relative(project.root, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}
