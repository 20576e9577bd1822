import type { Host } from "../../host/host.ts";
import { openStore } from "../../host/store/open-store.ts";
import { LABEL } from "../../plan/labels.ts";
import { ownRestartPolicy } from "../../plan/own-restart-policy.ts";
import { revive } from "../../plan/watchdog/state.ts";
import { readModel } from "../deploy/model-file.ts";
import type { KnownProject } from "../known-project.ts";

/**
 * Gives Docker back the restarts of containers that a watchdog had taken from it while it gave up on them: without a
 * watchdog nobody else would start them, after a reboot either. Gives their Compose names. To be called when none runs
 * any more. Errors: SoloflowError of the engine and of the state.
 */
export async function handBack(
  host: Pick<Host, "files" | "engine">,
  project: KnownProject,
): Promise<string[]> {
  const given: string[] = [];
  const taken = await takenOf(host, project);
  if (taken.length === 0) return given;
  const model = await readModel(host, project);
  for (const id of taken) {
    const container = await host.engine.container(id);
    const instance = container?.labels[LABEL.composeService];
    if (instance === undefined || container?.restartPolicy.name !== "no") continue;
    const policy = ownRestartPolicy(model?.services[instance]?.restart);
    if (policy.name === "no") continue;
    await host.engine.setRestartPolicy(id, policy);
    given.push(instance);
  }
  return given;
}

async function takenOf({ files }: Pick<Host, "files">, { paths }: KnownProject): Promise<string[]> {
  if ((await files.stat(paths.database)) === undefined) return [];
  using store = openStore(paths.database);
  const stored = store.watch.read();
  if (stored === undefined || stored === null) return [];
  const { services } = revive(stored, 0).durable;
  return Object.values(services).flatMap(({ taken }) => taken);
}
