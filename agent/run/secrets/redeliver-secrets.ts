import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Delivered } from "../../plan/delivered.ts";
import { type FileForm, type ServiceFiles, textOfForm } from "../../plan/secrets-deliver.ts";
import type { KnownProject } from "../known-project.ts";
import { deliveredRoot } from "./delivered-root.ts";
import { deliveryOf, writeDeliveries } from "./delivery.ts";
import type { DeliveryRecord } from "./delivery-record.ts";
import type { OpenSecrets } from "./open-secrets.ts";

/** How a service got its secrets; `env`: names that a start wrapper puts into the app's environment. */
export type Served = { record: DeliveryRecord; env: readonly string[] };

/**
 * Gives services the values of another version of the store, in the files that they have: soloflow.toml has no say
 * in it. `issues`: name to the version that issues where it is not the first, for a while. As `deliverSecrets`
 * otherwise. Errors: SoloflowError "secrets" where that version does not hold what a service has.
 */
export async function redeliverSecrets(
  host: Pick<Host, "files" | "uid">,
  { name, paths }: KnownProject,
  served: readonly Served[],
  opened: OpenSecrets,
  issues: Readonly<Record<string, number>>,
): Promise<Record<string, Delivered>> {
  const root = await deliveredRoot(host, { paths, config: { project: name } });
  const deliveries = served.map((each) => {
    const { service, uid, gid } = each.record;
    return deliveryOf(root, filesAgain(each, opened, issues), { name: service, uid, gid }, opened);
  });
  return writeDeliveries(host, { paths }, deliveries);
}

function filesAgain(
  { record, env }: Served,
  { secrets, version }: OpenSecrets,
  issues: Readonly<Record<string, number>>,
): ServiceFiles {
  const forms: Record<string, FileForm> = {};
  const files: Record<string, string> = {};
  const inPlace: string[] = [];
  for (const [name, { issues: _, ...form }] of Object.entries(record.files)) {
    const stored = secrets[name];
    if (stored === undefined)
      throw new SoloflowError("secrets", `version ${version} of the store holds no ${name}`);
    const n = issues[name];
    forms[name] = n === undefined ? form : { ...form, issues: n };
    files[name] = textOfForm(forms[name], stored);
    if (stored.kind === "superuser") inPlace.push(name);
  }
  return { service: record.service, files, forms, env, inPlace };
}
