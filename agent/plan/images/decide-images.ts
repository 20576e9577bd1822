import type { Image } from "../../core/container.ts";
import { LABEL } from "../labels.ts";
import { describeChange, type InputParts } from "./image-inputs.ts";
import type { ImageSpec } from "./image-spec.ts";

/** What is known of one image before anything is built. */
export type ImageState = {
  spec: ImageSpec;
  /** The hash of `parts`, 64 hexadecimal digits. */
  inputs: string;
  parts: InputParts;
  /** What NAME:latest is now. */
  current?: Image;
  /** Parts of the build that made `current`, where they were kept. */
  before?: InputParts;
};

export type ImagePlan = ImageState & {
  action: "build" | "keep";
  /** Why, in words. */
  cause: string;
  /** Nothing is taken from the builder's cache. */
  fresh: boolean;
};

export type DecideOptions = {
  /** Newer packages are asked for. */
  refresh?: boolean;
  /** Images that a person named: they are made even where nothing needs them yet. */
  wanted?: readonly string[];
};

/**
 * Decides for each image whether it is built or kept; `states` are in build order. What is built again takes all
 * along that is built from it. A layer that is gone while what was built from it is still there is left alone until
 * something needs it: cleaning up unused images must not make everything new. With `refresh` what brings in things
 * from outside (packages, images of a registry) is built although nothing changed here.
 */
export function decideImages(
  states: readonly ImageState[],
  { refresh = false, wanted = [] }: DecideOptions = {},
): ImagePlan[] {
  const images = new Map(states.map((state) => [state.spec.name, state.current]));
  const causes = new Map<string, string>();
  for (const state of states) {
    const cause = ownCause(state, images, { refresh, isWanted: wanted.includes(state.spec.name) });
    if (cause !== undefined) causes.set(state.spec.name, cause);
  }
  spread(states, causes);
  return states.map((state): ImagePlan => {
    const cause = causes.get(state.spec.name);
    const fresh = refresh && takesFromOutside(state.spec);
    if (cause !== undefined) return { ...state, action: "build", cause, fresh };
    const kept = state.current === undefined ? "nothing that has to be built needs it" : "unchanged";
    return { ...state, action: "keep", cause: kept, fresh: false };
  });
}

function ownCause(
  { spec, inputs, parts, current, before }: ImageState,
  images: ReadonlyMap<string, Image | undefined>,
  { refresh, isWanted }: { refresh: boolean; isWanted: boolean },
): string | undefined {
  if (current === undefined) return spec.services.length > 0 || isWanted ? "it is not here yet" : undefined;
  const label = current.labels[LABEL.inputs];
  if (label === undefined) return `${spec.name}:latest was not built by soloflow-agent`;
  if (label !== inputs) return describeChange(before ?? parts, parts) ?? "its inputs changed";
  if (refresh && takesFromOutside(spec)) return "newer packages are asked for";
  const bases = parseBases(current.labels[LABEL.bases]);
  const moved = spec.dependsOn.find(
    (name) => images.get(name) !== undefined && images.get(name)?.createdAt !== bases[name],
  );
  return moved === undefined ? undefined : `${moved} is another image than it was built from`;
}

function takesFromOutside(spec: ImageSpec): boolean {
  return spec.recipe !== undefined || spec.dependsOn.length === 0;
}

/** Adds causes until none follows from another: down to what is built from a new image, up to layers that are gone. */
function spread(states: readonly ImageState[], causes: Map<string, string>): void {
  const before = causes.size;
  for (const { spec } of states) {
    const base = spec.dependsOn.find((name) => causes.has(name));
    if (base !== undefined && !causes.has(spec.name)) causes.set(spec.name, `${base} is built again`);
  }
  for (const { spec, current } of states.toReversed()) {
    const user = states.find(
      (other) => causes.has(other.spec.name) && other.spec.dependsOn.includes(spec.name),
    );
    if (current === undefined && user !== undefined && !causes.has(spec.name))
      causes.set(spec.name, `it is not here yet, and ${user.spec.name} is built from it`);
  }
  if (causes.size > before) spread(states, causes);
}

/**
 * The label's form of the images that another was built from: names and the times at which they were made. A build
 * that is served from the builder's cache has the time of the first, so the time stands for the content; the id
 * would change with a label.
 */
export function formatBases(times: Readonly<Record<string, string>>): string {
  return Object.keys(times)
    .sort()
    .map((name) => `${name}=${times[name]}`)
    .join(" ");
}

function parseBases(label = ""): Record<string, string> {
  return Object.fromEntries(label.split(" ").map((pair) => pair.split("=", 2)));
}
