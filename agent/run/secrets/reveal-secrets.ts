import { SoloflowError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { readStore } from "../../host/secret-store/read-store.ts";
import { writeDotenv } from "../../plan/dotenv.ts";
import { deliveredText } from "../../plan/secrets-deliver.ts";
import type { SopsFormat } from "../../plan/sops/sops-document.ts";
import type { Project } from "../project.ts";
import { openSecrets, storePlace } from "./open-secrets.ts";
import { sopsText } from "./sops-file.ts";

/** The value as an app gets it. Errors: SoloflowError "secrets-name" when there is none. */
export async function revealSecret(
  host: Pick<Host, "files">,
  project: Project,
  name: string,
): Promise<Secret> {
  const stored = (await openSecrets(host, project))?.secrets[name];
  if (stored !== undefined) return new Secret(deliveredText(project.config, name, stored));
  throw new SoloflowError("secrets-name", `there is no value for ${name}`, {
    hint: "soloflow-agent secrets list says what there is",
  });
}

/** Every value, by name. */
async function exportedSecrets(
  host: Pick<Host, "files">,
  project: Project,
): Promise<{ name: string; value: string }[]> {
  const secrets = (await openSecrets(host, project))?.secrets ?? {};
  return Object.entries(secrets).map(([name, stored]) => ({
    name,
    value: deliveredText(project.config, name, stored),
  }));
}

/** Every value as an env file that Compose reads, and `secrets import` too. */
export async function exportSecrets(
  host: Pick<Host, "files">,
  project: Project,
): Promise<{ text: Secret; names: string[] }> {
  const entries = await exportedSecrets(host, project);
  return { text: new Secret(writeDotenv(entries)), names: entries.map(({ name }) => name) };
}

/** The same as a SOPS file. Without recipients the store's recovery key opens it. Errors: those of `sopsText`. */
export async function exportSops(
  host: Pick<Host, "files" | "clock">,
  project: Project,
  { recipients, format }: { recipients: readonly string[]; format: SopsFormat },
): Promise<{ text: Secret; names: string[]; recipients: readonly string[] }> {
  const entries = await exportedSecrets(host, project);
  const recovery = (await readStore(storePlace(host, project)))?.recipients.recovery;
  const to = recipients.length > 0 || recovery === undefined ? recipients : [recovery];
  const text = await sopsText(host, entries, { recipients: to, format });
  return { text, names: entries.map(({ name }) => name), recipients: to };
}
