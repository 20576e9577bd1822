import { join } from "node:path";
import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Secrets } from "../../plan/secrets.ts";
import type { KnownProject } from "../known-project.ts";
import { deliveredContent } from "./delivered-content.ts";
import { deliveredRoot } from "./delivered-root.ts";
import { readDeliveries } from "./delivery-record.ts";
import { openSecretsOf } from "./open-secrets.ts";
import { writeSecretFolder } from "./secret-folder.ts";

/** One folder, and what became of it: "written" was missing or not whole, "kept" was there. */
export type Rendered = { service: string; folder: string } & (
  | { state: "written" | "kept" }
  | { state: "failed"; reason: string }
);

type RenderHost = Pick<Host, "files" | "uid">;

/**
 * Writes every folder of decrypted secrets again, just as the last deploys delivered them and under the paths that the
 * containers name: after a reboot memory is empty. Needs nothing but the project's state folder: no network, no engine,
 * no soloflow.toml. What fails for one folder leaves the others alone. The project's lock must be held.
 * Errors: SoloflowError "state" (the record is damaged), "secrets-tmpfs".
 */
export async function renderSecrets(host: RenderHost, project: KnownProject): Promise<Rendered[]> {
  const deliveries = await readDeliveries(host, project);
  const root = deliveries.length === 0 ? "" : await deliveredRoot(host, asConfigured(project));
  const opened = new Map<number, Promise<Secrets>>();
  const secretsOf = (version: number): Promise<Secrets> => {
    const pending =
      opened.get(version) ?? openSecretsOf(host, project, version).then(({ secrets }) => secrets);
    opened.set(version, pending);
    return pending;
  };
  const rendered: Rendered[] = [];
  for (const delivery of deliveries) {
    const folder = join(root, delivery.service, delivery.folder);
    const { service } = delivery;
    try {
      const state = (await host.files.stat(folder)) === undefined ? "written" : "kept";
      await writeSecretFolder(
        host,
        folder,
        deliveredContent(delivery, await secretsOf(delivery.version)),
        delivery,
      );
      rendered.push({ service, folder, state });
    } catch (thrown) {
      rendered.push({ service, folder, state: "failed", reason: reason(thrown) });
    }
  }
  return rendered;
}

function asConfigured({ name, paths }: KnownProject) {
  return { paths, config: { project: name } };
}
