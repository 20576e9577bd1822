import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { must } from "./must.ts";
import type { Vps } from "./vps.ts";

const root = resolve(import.meta.dir, "../../..");

/**
 * Gives a bare machine this machine's npm with its settings and trusted certificates, and a clone of what is
 * committed here: where a new user begins. Returns the folder of the clone.
 */
export async function withClone(server: Vps): Promise<string> {
  await copyNpm(server);
  const bundle = join(root, ".cache", `clone-${server.name}.tar`);
  await must(["git", "-C", root, "archive", "--prefix=soloflow/", "--output", bundle, "HEAD"]);
  try {
    await server.copyIn(bundle, "/root/clone.tar");
    await server.must(["tar", "-xf", "/root/clone.tar", "-C", "/root"]);
  } finally {
    await must(["rm", "-f", bundle]);
  }
  return "/root/soloflow";
}

async function copyNpm(server: Vps): Promise<void> {
  const node = realpathSync(Bun.which("node") ?? "/usr/bin/node");
  const npm = dirname(dirname(realpathSync(Bun.which("npm") ?? "/usr/bin/npm")));
  await server.copyIn(node, "/usr/local/bin/node");
  await server.must(["mkdir", "-p", "/usr/local/lib/node_modules"]);
  await server.copyIn(npm, "/usr/local/lib/node_modules/npm");
  await server.must(["ln", "-sf", "/usr/local/lib/node_modules/npm/bin/npm-cli.js", "/usr/local/bin/npm"]);
  await server.copyIn("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs/ca-certificates.crt");
  const settings = join(homedir(), ".npmrc");
  if (existsSync(settings)) await server.copyIn(settings, "/root/.npmrc");
}
