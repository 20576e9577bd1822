import type { Files } from "../../host/files.ts";
import type { ComposeService } from "../../plan/compose-model.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import type { WatchSettings } from "../../plan/watchdog/settings.ts";
import { modelFile, readModel } from "../deploy/model-file.ts";
import type { KnownProject } from "../known-project.ts";

/** What the last deploy left to be watched. */
export type WatchedModel = {
  units: readonly DeployedUnit[];
  settings: WatchSettings;
  /** Instance to its specification. */
  services: Readonly<Record<string, ComposeService>>;
  /** Instances that live in the network of another service. */
  joined: ReadonlySet<string>;
};

/**
 * Gives the model of the last deploy, read again only when its file has changed; undefined before the first deploy.
 * A file that cannot be read leaves what was known.
 */
export function modelReader(
  host: { files: Files },
  project: KnownProject,
): () => Promise<{ model: WatchedModel | undefined; changed: boolean }> {
  let stamp = "";
  let known: WatchedModel | undefined;
  return async () => {
    const found = await host.files.stat(modelFile(project));
    const now = found === undefined ? "" : `${found.modifiedAtMs}:${found.size}`;
    if (now === stamp || found === undefined) return { model: known, changed: false };
    const model = await readModel(host, project).catch(() => undefined);
    if (model === undefined) return { model: known, changed: false };
    stamp = now;
    known = {
      units: model["x-soloflow"].units.filter(({ strategy }) => strategy !== "once"),
      settings: model["x-soloflow"].watch,
      services: model.services,
      joined: new Set(joinedOf(model.services)),
    };
    return { model: known, changed: true };
  };
}

function joinedOf(services: WatchedModel["services"]): string[] {
  return Object.entries(services)
    .filter(([, spec]) => String(spec.network_mode ?? "").startsWith("service:"))
    .map(([name]) => name);
}
