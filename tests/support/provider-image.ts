import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exec } from "../../agent/host/exec.ts";
import { stackImage } from "./stack-images.ts";

const NAME = "sft-provider";
const CONTEXT = join(import.meta.dir, "../../stack/provider");
const CA = "/etc/ssl/certs/ca-certificates.crt";

let made: Promise<string> | undefined;

/**
 * Name of the provider's image, built from the work tree at first use; a
 * repeated build is a matter of half a second. The image stays, as its layers
 * are what makes the next one quick.
 */
export function providerImage(): Promise<string> {
  made ??= build();
  return made;
}

async function build(): Promise<string> {
  await stackImage("node");
  await stackImage("bun");
  const work = mkdtempSync(join(tmpdir(), "sft-provider-"));
  try {
    const npmrc = join(work, "npmrc");
    const registry = await exec({ argv: ["npm", "config", "get", "registry"] }, { timeoutMs: 20_000 });
    writeFileSync(npmrc, registry.kind === "ok" ? `registry=${registry.stdout.trim()}\n` : "", {
      mode: 0o600,
    });
    const ca = existsSync(CA) ? ["--secret", `id=ca,src=${CA}`] : [];
    const secrets = [...ca, "--secret", `id=npmrc,src=${npmrc}`];
    const built = await exec(
      { argv: ["docker", "build", "-q", "-t", NAME, ...secrets, CONTEXT] },
      { timeoutMs: 300_000 },
    );
    if (built.kind !== "ok") throw new Error(`the provider's image was not built: ${JSON.stringify(built)}`);
    return NAME;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
