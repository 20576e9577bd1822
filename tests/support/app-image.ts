import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../agent/host/exec.ts";
import { type StackImage, stackImage } from "./stack-images.ts";
import { tempFolder } from "./temp-folder.ts";

const STACK = join(import.meta.dir, "../../stack");
const CA = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Builds an app of the stack from the work tree as `sft-APP`, on layers that are made first where they are missing,
 * and gives the image's name. It stays: its layers make the next build quick.
 */
export async function appImage(app: "gateway" | "provider", layers: readonly StackImage[]): Promise<string> {
  for (const layer of layers) await stackImage(layer);
  const name = `sft-${app}`;
  using work = tempFolder();
  const npmrc = work.at("npmrc");
  const registry = await exec({ argv: ["npm", "config", "get", "registry"] }, { timeoutMs: 20_000 });
  const text = registry.kind === "ok" ? `registry=${registry.stdout.trim()}\n` : "";
  writeFileSync(npmrc, text, { mode: 0o600 });
  const ca = existsSync(CA) ? ["--secret", `id=ca,src=${CA}`] : [];
  const secrets = [...ca, "--secret", `id=npmrc,src=${npmrc}`];
  const argv = ["docker", "build", "-q", "-t", name, ...secrets, join(STACK, app)] as const;
  const built = await exec({ argv: [...argv] }, { timeoutMs: 300_000 });
  if (built.kind !== "ok") throw new Error(`the image of ${app} was not built: ${JSON.stringify(built)}`);
  return name;
}
