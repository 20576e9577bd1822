import type { Image } from "../../core/container.ts";
import type { ImagePlan } from "../../plan/images/decide-images.ts";

/** One image as it is after a build. */
export type BuiltImage = {
  /** Repository without a tag. */
  name: string;
  /** "sha256:…" */
  id: string;
  inputs: string;
  /** When its content was made; the same for one that came from the builder's cache. */
  createdAt: string;
  /** false: it was there and nothing had changed. */
  built: boolean;
  /** What the build took; 0 when it was kept. */
  ms: number;
  /** What earlier builds took, the median; undefined for the first and for a kept one. */
  usualMs: number | undefined;
  sizeBytes: number;
  limitBytes: number | undefined;
  /** Tags of its own name: "latest", "20261122". */
  tags: readonly string[];
  /** Services that run it. */
  services: readonly string[];
};

export function builtImage(
  { spec, inputs }: Pick<ImagePlan, "spec" | "inputs">,
  image: Image,
  how: Pick<BuiltImage, "built" | "ms" | "usualMs" | "tags">,
): BuiltImage {
  const { id, createdAt, sizeBytes } = image;
  const { name, maxBytes: limitBytes, services } = spec;
  return { name, id, inputs, createdAt, sizeBytes, limitBytes, services, ...how };
}

/** undefined for a layer that is gone and that nothing needs. */
export function keptImage(plan: ImagePlan): BuiltImage | undefined {
  if (plan.current === undefined) return undefined;
  const prefix = `${plan.spec.name}:`;
  const own = plan.current.tags
    .filter((tag) => tag.startsWith(prefix))
    .map((tag) => tag.slice(prefix.length));
  const tags = ["latest", ...own.filter((tag) => tag !== "latest").sort()];
  return builtImage(plan, plan.current, { built: false, ms: 0, usualMs: undefined, tags });
}
