import type { Host } from "../../host/host.ts";
import type { Delivered } from "../../plan/delivered.ts";
import { type ServiceFiles, withPrevious } from "../../plan/secrets-deliver.ts";
import type { KnownProject } from "../known-project.ts";
import { deliveredContent } from "./delivered-content.ts";
import { deliveredRoot } from "./delivered-root.ts";
import { deliveryOf, writeDeliveries } from "./delivery.ts";
import type { DeliveryRecord } from "./delivery-record.ts";
import type { OpenSecrets } from "./open-secrets.ts";

/** How a service got its secrets; `env`: names that a start wrapper puts into the app's environment. */
export type Served = { record: DeliveryRecord; env: readonly string[] };

export type Issuing = {
  /** Name to the version that issues where it is not the first, for a while. */
  issues: Readonly<Record<string, number>>;
  /** Whether the value before is delivered too. */
  isOverlapping(name: string): boolean;
  /** Whether the app accepts one value only. */
  isBare(name: string): boolean;
};

/**
 * Gives services the values of another version of the store, in the files that they have: soloflow.toml has no say
 * in which. As `deliverSecrets` otherwise. Errors: SoloflowError "secrets" where that version does not hold what a
 * service has.
 */
export async function redeliverSecrets(
  host: Pick<Host, "files" | "uid">,
  { name, paths }: KnownProject,
  served: readonly Served[],
  opened: OpenSecrets,
  issuing: Issuing,
): Promise<Record<string, Delivered>> {
  const root = await deliveredRoot(host, { paths, config: { project: name } });
  const deliveries = served.map((each) => {
    const { service, uid, gid } = each.record;
    return deliveryOf(root, filesAgain(each, opened, issuing), { name: service, uid, gid }, opened);
  });
  return writeDeliveries(host, { paths }, deliveries);
}

function filesAgain(
  { record, env }: Served,
  { secrets, version }: OpenSecrets,
  { issues, isOverlapping, isBare }: Issuing,
): ServiceFiles {
  const own = Object.entries(record.files)
    .filter(([, { previousOf }]) => previousOf === undefined)
    .map(([name, { issues: _, bare: __, ...form }]) => {
      const [n, bare] = [issues[name], isBare(name)];
      return [
        name,
        { ...form, ...(bare ? { bare } : {}), ...(n === undefined ? {} : { issues: n }) },
      ] as const;
    });
  const forms = withPrevious(Object.fromEntries(own), secrets, isOverlapping);
  const inPlace = Object.keys(forms).filter((name) => secrets[name]?.kind === "superuser");
  const files = deliveredContent({ files: forms, version }, secrets);
  return { service: record.service, files, forms, env, inPlace };
}
