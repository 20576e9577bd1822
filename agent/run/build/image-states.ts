import type { Host } from "../../host/host.ts";
import type { ImageState } from "../../plan/images/decide-images.ts";
import { inputParts, inputsHash } from "../../plan/images/image-inputs.ts";
import type { ImageSpec } from "../../plan/images/image-spec.ts";
import { LABEL } from "../../plan/labels.ts";
import type { Project } from "../project.ts";
import { readParts } from "./image-files.ts";
import { inputReader } from "./input-reader.ts";

export type PlanHost = Pick<Host, "files" | "engine" | "clock">;

/** What is known of each image before anything is built. Reads folders, asks the engine, keeps file hashes. */
export async function imageStates(
  host: PlanHost,
  project: Project,
  specs: readonly ImageSpec[],
): Promise<ImageState[]> {
  const current = Promise.all(specs.map((spec) => host.engine.image(`${spec.name}:latest`)));
  const [gathered, images] = await Promise.all([gather(host, project, specs), current]);
  const states = gathered.map(async (state, index): Promise<ImageState> => {
    const image = images[index];
    if (image === undefined) return state;
    const label = image.labels[LABEL.inputs];
    if (label === undefined || label === state.inputs) return { ...state, current: image };
    const before = await readParts(host, project, state.spec.name, label);
    return { ...state, current: image, ...(before === undefined ? {} : { before }) };
  });
  return Promise.all(states);
}

async function gather(
  host: PlanHost,
  project: Project,
  specs: readonly ImageSpec[],
): Promise<Pick<ImageState, "spec" | "inputs" | "parts">[]> {
  const reader = await inputReader(host, project);
  const inputs: Record<string, string> = {};
  const states: Pick<ImageState, "spec" | "inputs" | "parts">[] = [];
  for (const spec of specs) {
    const bases = Object.fromEntries(spec.dependsOn.map((name) => [name, inputs[name] ?? ""]));
    const parts = inputParts(spec, await reader.read(spec, bases));
    inputs[spec.name] = inputsHash(parts);
    states.push({ spec, parts, inputs: inputsHash(parts) });
  }
  await reader.remember(project);
  return states;
}
