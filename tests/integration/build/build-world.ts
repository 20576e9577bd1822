import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseConfig } from "../../../agent/config/parse.ts";
import type { Files } from "../../../agent/host/files.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { parseComposeModel } from "../../../agent/plan/compose-model.ts";
import { projectImages } from "../../../agent/run/build/project-images.ts";
import { type BuildOptions, buildImages, planImages } from "../../../agent/run/build.ts";
import { type Project, projectPaths } from "../../../agent/run/project.ts";
import { recordedProgress } from "../../support/recorded-progress.ts";
import { type Script, type ScriptedHost, scriptedHost } from "../../support/scripted-host.ts";
import { type ImageShelf, imageShelf } from "./image-shelf.ts";

/** A project with real files, a scripted machine and a pretended image store. */
export type BuildWorld = Disposable & {
  host: ScriptedHost;
  shelf: ImageShelf;
  project: Project;
  progress: ReturnType<typeof recordedProgress>;
  /** Writes a file of the project's folder. */
  write(file: string, text: string, mode?: number): void;
  /** Replaces the services of the compose file. */
  compose(services: object): void;
  plan(options?: { refresh?: boolean }): ReturnType<typeof planImages>;
  /** Plans and builds. */
  build(options?: Partial<BuildOptions>): ReturnType<typeof buildImages>;
};

type Shape = {
  toml: string;
  services?: object;
  /** Path to text, in the project's folder. */
  files: Record<string, string>;
  script?: (shelf: ImageShelf, at: (name: string) => string) => Script;
  shelf?: ImageShelf;
  /** Whether the machine has what a recipe needs. */
  debian?: boolean;
};

export function buildWorld(shape: Shape): BuildWorld {
  const { toml, services = {}, files, script, shelf = imageShelf(), debian = true } = shape;
  let folder = "";
  const at = (name: string) => join(folder, "project", name);
  const given = script?.(shelf, at) ?? {};
  const host = scriptedHost({ ...given, engine: { ...shelf.engine, ...given.engine } });
  Object.assign(host, { files: machineFiles(host.files, debian) });
  folder = host.folder.path;
  const { config, faults } = parseConfig(`project = "shop"\n${toml}`, "soloflow.toml");
  if (config === undefined) throw new Error(JSON.stringify(faults));
  const project: Project = {
    ...{ config, configFile: at("soloflow.toml"), root: at("") },
    paths: projectPaths("shop", host),
  };
  const modelOf = (of: object) => parseComposeModel(JSON.stringify({ name: "shop", services: of }));
  let model = modelOf(services);
  const store = openStore(":memory:");
  const progress = recordedProgress();
  const write = (file: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text);
    chmodSync(at(file), mode);
    utimesSync(at(file), 1, 1);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  const plan: BuildWorld["plan"] = async (options) =>
    planImages(host, project, await projectImages(host, project, model), options);
  return {
    ...{ host, shelf, project, progress, write, plan },
    compose: (of) => {
      model = modelOf(of);
    },
    build: async (options = {}) =>
      buildImages(host, project, await plan(), progress, {
        ...{ exec: host.exec, signal: new AbortController().signal, history: store.builds },
        ...options,
      }),
    [Symbol.dispose]: () => {
      store.close();
      host[Symbol.dispose]();
    },
  };
}

/** One image, shop/app, whose Dockerfile stands in the folder app. */
export const ONE = {
  toml: '[service.app]\nbuild = { context = "app", image = "shop/app" }',
  services: { app: {} },
  files: { "app/Dockerfile": "FROM scratch\nCOPY main.txt /\n", "app/main.txt": "one" },
};

/** The real files, but for those by which a Debian is known. */
function machineFiles(files: Files, debian: boolean): Files {
  const tool = { kind: "file", size: 1, mode: 0o755, uid: 0, modifiedAtMs: 1 } as const;
  return {
    ...files,
    stat: async (path) => (path.startsWith("/usr/bin/") ? (debian ? tool : undefined) : files.stat(path)),
    list: async (path) => {
      if (path !== "/usr/share/keyrings") return files.list(path);
      return debian ? ["debian-archive-keyring.pgp"] : [];
    },
  };
}
