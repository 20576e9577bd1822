import type { Host } from "../host/host.ts";
import type { Store } from "../host/store/store.ts";
import { aloneFile, flagFile } from "../plan/colour.ts";
import type { ComposeService } from "../plan/compose-model.ts";
import { LABEL } from "../plan/labels.ts";
import type { Observed } from "../plan/observed.ts";
import type { KnownProject } from "./known-project.ts";

/** Reads the world once: containers, flags, and what earlier deploys had asked for. */
export async function observe(host: Host, project: KnownProject, store: Store): Promise<Observed> {
  const [containers, files] = await Promise.all([
    host.engine.containers([`${LABEL.composeProject}=${project.name}`]),
    host.files.list(project.paths.active),
  ]);
  const hashes = new Set(containers.map((container) => container.labels[LABEL.spec] ?? ""));
  const specs = [...hashes].flatMap((hash): [string, ComposeService][] => {
    const json = store.specs.get(hash);
    return json === undefined ? [] : [[hash, JSON.parse(json) as ComposeService]];
  });
  return {
    containers,
    flags: flagsIn(files),
    alone: servicesWith(aloneFile(""), files),
    specs: Object.fromEntries(specs),
  };
}

/** `files`: the names in the folder of flags. */
export function flagsIn(files: readonly string[] | undefined): Observed["flags"] {
  const green = servicesWith(flagFile("", "green"), files);
  return Object.fromEntries(green.map((name) => [name, "green" as const]));
}

function servicesWith(suffix: string, files: readonly string[] = []): string[] {
  return files.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
}
