import { SoloflowError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { writeDotenv } from "../../plan/dotenv.ts";
import { deliveredText } from "../../plan/secrets-deliver.ts";
import type { Project } from "../project.ts";
import { openSecrets } from "./open-secrets.ts";

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

/** Every value as an env file that Compose reads, and `secrets import` too. */
export async function exportSecrets(
  host: Pick<Host, "files">,
  project: Project,
): Promise<{ text: Secret; names: string[] }> {
  const secrets = (await openSecrets(host, project))?.secrets ?? {};
  const entries = Object.entries(secrets).map(([name, stored]) => ({
    name,
    value: deliveredText(project.config, name, stored),
  }));
  return { text: new Secret(writeDotenv(entries)), names: entries.map(({ name }) => name) };
}
