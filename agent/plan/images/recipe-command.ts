import type { Command } from "../../core/command.ts";

/** Absolute paths. The root comes out as `FOLDER/rootfs`; `cache` keeps indexes and packages between recipes. */
export type RecipeRun = { recipe: string; context: string; folder: string; cache: string };

/** `bun` is a Bun executable for recipes that fetch from npm on a machine without it; the agent itself is one. */
export function recipeOnMachine({ recipe, context, folder, cache }: RecipeRun, bun: string): Command {
  return {
    argv: ["sh", recipe, context, `${folder}/rootfs`],
    env: { SOLOFLOW_CACHE: cache, SOLOFLOW_BUN: bun },
  };
}

export type RecipeContainer = {
  image: string;
  name: string;
  /** Who is to own what comes out. */
  uid: number;
  bun: string;
  /** The machine's certificate authorities, for what is fetched by HTTPS. */
  ca: string | undefined;
};

/** The same in a container. Folder and cache come out owned by `uid`, so that who made them can remove them. */
export function recipeInContainer(run: RecipeRun, container: RecipeContainer): Command {
  const { image, name, uid, bun, ca } = container;
  const script = `sh /recipe /image /made/rootfs; code=$?; chown -R ${uid} /made /cache; exit $code`;
  const authorities = "/etc/ssl/certs/ca-certificates.crt";
  const binds = [
    `${run.recipe}:/recipe:ro`,
    `${run.context}:/image:ro`,
    `${run.folder}:/made`,
    `${run.cache}:/cache`,
    `${bun}:/usr/local/bin/soloflow-bun:ro`,
    ...(ca === undefined ? [] : [`${ca}:${authorities}:ro`]),
  ];
  const env = {
    SOLOFLOW_CACHE: "/cache",
    SOLOFLOW_BUN: "/usr/local/bin/soloflow-bun",
    ...(ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities }),
  };
  return {
    argv: [
      ...(["docker", "run", "--rm", "--init", "--name", name] as const),
      // Where SELinux is on, a container may not look into the machine's folders without it.
      ...["--security-opt", "label=disable"],
      ...binds.flatMap((bind) => ["--volume", bind]),
      ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ...[image, "sh", "-c", script],
    ],
  };
}
