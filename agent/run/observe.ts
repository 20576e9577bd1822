import type { Host } from "../host/host.ts";
import type { Store } from "../host/store/store.ts";
import { type Colour, flagFile } from "../plan/colour.ts";
import type { ComposeService } from "../plan/compose-model.ts";
import { LABEL } from "../plan/labels.ts";
import type { Observed } from "../plan/observed.ts";
import type { KnownProject } from "./known-project.ts";

/** Reads the world once: containers, flags, and what earlier deploys had asked for. */
export async function observe(host: Host, project: KnownProject, store: Store): Promise<Observed> {
  const [containers, flags] = await Promise.all([
    host.engine.containers([`${LABEL.composeProject}=${project.name}`]),
    readFlags(host, project),
  ]);
  const hashes = new Set(containers.map((container) => container.labels[LABEL.spec] ?? ""));
  const specs = [...hashes].flatMap((hash): [string, ComposeService][] => {
    const json = store.specs.get(hash);
    return json === undefined ? [] : [[hash, JSON.parse(json) as ComposeService]];
  });
  return { containers, flags, specs: Object.fromEntries(specs) };
}

async function readFlags(host: Host, project: KnownProject): Promise<Record<string, Colour>> {
  const suffix = flagFile("", "green");
  const names = (await host.files.list(project.paths.active)) ?? [];
  return Object.fromEntries(
    names.filter((name) => name.endsWith(suffix)).map((name) => [name.slice(0, -suffix.length), "green"]),
  );
}
