import type { Command } from "../../core/command.ts";
import { LABEL } from "../labels.ts";
import { formatBases } from "./decide-images.ts";
import type { ImageSpec } from "./image-spec.ts";

/** A file that a Dockerfile may mount with `RUN --mount=type=secret,id=…`; it reaches no layer. */
export type BuildSecret = { id: string; path: string };

export type BuildInput = {
  spec: ImageSpec;
  project: string;
  /** Hash of everything that goes in. */
  inputs: string;
  /** When the images were made that it is built from, by name. */
  bases: Readonly<Record<string, string>>;
  /** Folder that the recipe made. */
  rootfs?: string;
  secrets: readonly BuildSecret[];
  /** Take nothing from the builder's cache. */
  fresh: boolean;
};

/**
 * The image under a name of its own until it is known to be good. One name a project: only who holds the project's
 * lock builds under it.
 */
export function stagingReference(name: string, project: string): string {
  return `${name}:soloflow-new-${project}`;
}

export function buildCommand(input: BuildInput): Command {
  const { spec } = input;
  const contexts = { ...spec.contexts, ...(input.rootfs === undefined ? {} : { rootfs: input.rootfs }) };
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const labels = {
    [LABEL.inputs]: input.inputs,
    [LABEL.bases]: formatBases(input.bases),
  };
  return {
    argv: [
      ...(["docker", "build", "--progress=plain", "--provenance=false"] as const),
      ...["--file", spec.inline === undefined ? spec.dockerfile : "-"],
      ...(spec.target === undefined ? [] : ["--target", spec.target]),
      ...pairs("--build-arg", spec.args),
      ...pairs("--build-context", contexts),
      ...pairs("--label", labels),
      ...input.secrets.flatMap(({ id, path }) => ["--secret", `id=${id},src=${path}`]),
      ...(input.fresh ? ["--no-cache"] : []),
      ...spec.flags,
      ...["--tag", stagingReference(spec.name, input.project), spec.context],
    ],
    // The engine's own builder: another one (a container, a cloud) would not see the images built before.
    env: { DOCKER_BUILDKIT: "1", BUILDX_BUILDER: "default", BUILDKIT_PROGRESS: "plain" },
    ...(spec.inline === undefined ? {} : { stdin: spec.inline }),
  };
}
