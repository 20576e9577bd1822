import { SoloflowError } from "../../core/errors.ts";
import { type OpenSecrets, openSecrets } from "../secrets/open-secrets.ts";
import type { Rotating } from "./rotating.ts";

/** What CURRENT names. Errors: as `openSecrets`; SoloflowError "secrets" before the first secret was stored. */
export async function currentSecrets({
  host,
  project,
}: Pick<Rotating, "host" | "project">): Promise<OpenSecrets> {
  const opened = await openSecrets(host, project);
  if (opened !== undefined) return opened;
  throw new SoloflowError("secrets", "no secret has been stored yet", { hint: "soloflow-agent deploy" });
}
