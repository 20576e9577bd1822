import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../agent/host/exec.ts";
import { stackImage } from "./stack-images.ts";
import { tempFolder } from "./temp-folder.ts";

const NAME = "sft-gateway";
const CONTEXT = join(import.meta.dir, "../../stack/gateway");
const CA = "/etc/ssl/certs/ca-certificates.crt";

let made: Promise<string> | undefined;

/** Name of the gateway's image, built from the work tree at first use. It stays: its layers make the next build quick. */
export function gatewayImage(): Promise<string> {
  made ??= build();
  return made;
}

async function build(): Promise<string> {
  await stackImage("bun");
  using work = tempFolder();
  const npmrc = work.at("npmrc");
  const registry = await exec({ argv: ["npm", "config", "get", "registry"] }, { timeoutMs: 20_000 });
  const text = registry.kind === "ok" ? `registry=${registry.stdout.trim()}\n` : "";
  writeFileSync(npmrc, text, { mode: 0o600 });
  const ca = existsSync(CA) ? ["--secret", `id=ca,src=${CA}`] : [];
  const secrets = [...ca, "--secret", `id=npmrc,src=${npmrc}`];
  const argv = ["docker", "build", "-q", "-t", NAME, ...secrets, CONTEXT] as const;
  const built = await exec({ argv: [...argv] }, { timeoutMs: 300_000 });
  if (built.kind !== "ok") throw new Error(`the gateway's image was not built: ${JSON.stringify(built)}`);
  return NAME;
}
