import type { ImagePlan } from "../../plan/images/decide-images.ts";

/** One image as it is after a build. */
export type BuiltImage = {
  /** Repository without a tag. */
  name: string;
  /** "sha256:…" */
  id: string;
  inputs: string;
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

/** undefined for a layer that is gone and that nothing needs. */
export function keptImage({ spec, inputs, current }: ImagePlan): BuiltImage | undefined {
  if (current === undefined) return undefined;
  const prefix = `${spec.name}:`;
  const own = current.tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
  const tags = ["latest", ...own.filter((tag) => tag !== "latest").sort()];
  return {
    ...{
      name: spec.name,
      id: current.id,
      inputs,
      built: false,
      ms: 0,
      usualMs: undefined,
      sizeBytes: current.sizeBytes,
    },
    ...{ limitBytes: spec.maxBytes, tags, services: spec.services },
  };
}
