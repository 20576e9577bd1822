import { reason, SoloflowError } from "../../core/errors.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { contentOf } from "../../plan/secrets-deliver.ts";
import type { DeliveryRecord } from "./delivery-record.ts";

/** Name to text of the files that a delivery had, made of these secrets. Errors: SoloflowError "secrets" where one is missing. */
export function deliveredContent(
  { files, version }: Pick<DeliveryRecord, "files" | "version">,
  secrets: Secrets,
): Record<string, string> {
  try {
    return contentOf(files, secrets);
  } catch (thrown) {
    throw new SoloflowError("secrets", `version ${version}: ${reason(thrown)}`, { cause: thrown });
  }
}
