import type { Host } from "../../host/host.ts";
import type { ImageState } from "../../plan/images/decide-images.ts";
import { parseFileHashes } from "../../plan/images/file-hashes.ts";
import { inputParts, inputsHash } from "../../plan/images/image-inputs.ts";
import type { ImageSpec } from "../../plan/images/image-spec.ts";
import { LABEL } from "../../plan/labels.ts";
import type { Project } from "../project.ts";
import { InputReader } from "./gather-inputs.ts";
import { hashesFile, readParts } from "./image-files.ts";

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
  const file = hashesFile(project);
  const reader = new InputReader(host.files, parseFileHashes(await host.files.readText(file)), () =>
    host.clock.now(),
  );
  const inputs: Record<string, string> = {};
  const states: Pick<ImageState, "spec" | "inputs" | "parts">[] = [];
  for (const spec of specs) {
    const bases = Object.fromEntries(spec.dependsOn.map((name) => [name, inputs[name] ?? ""]));
    const parts = inputParts(spec, await reader.read(spec, bases));
    inputs[spec.name] = inputsHash(parts);
    states.push({ spec, parts, inputs: inputsHash(parts) });
  }
  if (reader.newHashes !== undefined) await host.files.writeAtomic(file, JSON.stringify(reader.newHashes));
  return states;
}
