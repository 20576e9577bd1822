import { join } from "node:path";
import type { ImageSource } from "./image-spec.ts";

/** Layers of the agent's own stack; a Dockerfile may name them without a word in soloflow.toml. */
const LAYERS = ["base", "node", "bun"] as const;

export const embeddedLayers = (stack: string): ImageSource[] =>
  LAYERS.map((layer) => embedded(stack, `soloflow/${layer}`, `images/${layer}`));

/** The ingress as it is when soloflow.toml says nothing about it. */
export const embeddedIngress = (stack: string): ImageSource => embedded(stack, "soloflow/ingress", "ingress");

function embedded(stack: string, name: string, folder: string): ImageSource {
  const context = join(stack, folder);
  return {
    name,
    context,
    dockerfile: join(context, "Dockerfile"),
    recipe: join(stack, "images/rootfs.sh"),
    ...{ args: {}, contexts: {}, flags: [], tags: [], ignored: [], services: [] },
  };
}
