import { SoloflowError } from "../../core/errors.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { textOfForm } from "../../plan/secrets-deliver.ts";
import type { DeliveryRecord } from "./delivery-record.ts";

/** Name to text of the files that a delivery had, made of these secrets. Errors: SoloflowError "secrets" where one is missing. */
export function deliveredContent(
  { files, version }: Pick<DeliveryRecord, "files" | "version">,
  secrets: Secrets,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, form]) => {
      const stored = secrets[name];
      if (stored === undefined)
        throw new SoloflowError("secrets", `version ${version} of the store holds no ${name}`);
      return [name, textOfForm(form, stored)];
    }),
  );
}
