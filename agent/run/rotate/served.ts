import { basename } from "node:path";
import { SoloflowError } from "../../core/errors.ts";
import { secretsFolderOf } from "../../plan/applied.ts";
import type { DeliveryRecord } from "../secrets/delivery-record.ts";
import type { Served } from "../secrets/redeliver-secrets.ts";
import type { Applied } from "./applied-model.ts";

/**
 * The services that were given one of these secrets, with all the files that they have; `records`: see
 * `readDeliveries`. Errors: SoloflowError "state" where it is not written down how a service got its secrets.
 */
export function servedOf(
  records: readonly DeliveryRecord[],
  { model, specOf }: Applied,
  names: readonly string[],
): Served[] {
  return model["x-soloflow"].units.flatMap(({ service, hash }): Served[] => {
    const spec = specOf(hash);
    const folder = spec && secretsFolderOf(spec);
    if (spec === undefined || folder === undefined) return [];
    const record = recordOf(records, service, basename(folder));
    if (!names.some((name) => name in record.files)) return [];
    const files = Object.keys(record.files);
    return [{ record, env: files.filter((name) => spec.environment?.[`${name}_FILE`] === undefined) }];
  });
}

/** Of that folder; where the agent was killed before anything used it, of another: they differ in values only. */
function recordOf(records: readonly DeliveryRecord[], service: string, folder: string): DeliveryRecord {
  const own = records.filter((record) => record.service === service);
  const found = own.find((record) => record.folder === folder) ?? own[0];
  if (found !== undefined) return found;
  throw new SoloflowError("state", `it is not written down how ${service} got its secrets`, {
    hint: "deploy once with this version first: soloflow-agent deploy",
  });
}
