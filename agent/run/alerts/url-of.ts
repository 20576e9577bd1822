import { Secret } from "../../core/secret.ts";
import type { SecretReader } from "./alert-secret.ts";

/** Settings hold a URL itself or the name of the secret that holds it. */
export async function urlOf(setting: string, read: SecretReader): Promise<Secret | undefined> {
  return setting.includes("://") ? new Secret(setting) : await read(setting);
}
