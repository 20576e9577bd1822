import { resolve } from "node:path";
import type { BuildSpec } from "./image-spec.ts";

/** A `build` of soloflow.toml. */
export type OwnBuild = {
  context: string;
  dockerfile?: string | undefined;
  target?: string | undefined;
  args?: Record<string, string> | undefined;
  recipe?: string | undefined;
  max_size?: number | undefined;
};

/** Paths in it are relative to `root`, its Dockerfile's to its context. */
export function ownBuild(build: OwnBuild, root: string): BuildSpec {
  const context = resolve(root, build.context);
  return {
    context,
    dockerfile: resolve(context, build.dockerfile ?? "Dockerfile"),
    ...(build.target === undefined ? {} : { target: build.target }),
    ...(build.recipe === undefined ? {} : { recipe: resolve(root, build.recipe) }),
    ...(build.max_size === undefined ? {} : { maxBytes: build.max_size }),
    ...{ args: build.args ?? {}, contexts: {}, flags: [], tags: [], ignored: [] },
  };
}

/**
 * The same, with what it leaves open taken from the compose file's build of the service. Where that is about
 * another folder it says nothing about this one.
 */
export function ownBuildOver(composed: BuildSpec | undefined, build: OwnBuild, root: string): BuildSpec {
  const own = ownBuild(build, root);
  if (composed === undefined || composed.context !== own.context) return own;
  const { dockerfile, inline, args, target, ...rest } = composed;
  return {
    ...own,
    ...rest,
    ...(build.dockerfile === undefined ? { dockerfile } : {}),
    ...(build.dockerfile === undefined && inline !== undefined ? { inline } : {}),
    ...(build.args === undefined ? { args } : {}),
    ...(own.target === undefined && target !== undefined ? { target } : {}),
  };
}
