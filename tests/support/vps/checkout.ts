import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { must } from "./must.ts";
import type { Vps } from "./vps.ts";

const root = resolve(import.meta.dir, "../../..");

/** Gives the server this machine's node and npm, with the registry and the certificates that they are set to here. */
export async function giveNpm(server: Vps): Promise<void> {
  const npm = dirname(dirname(realpathSync(Bun.which("npm") ?? "npm")));
  await server.must(["mkdir", "-p", "/usr/lib/node_modules", "/usr/local/share/ca-certificates"]);
  await server.copyIn(realpathSync(Bun.which("node") ?? "node"), "/usr/bin/node");
  await server.copyIn(npm, "/usr/lib/node_modules/npm");
  await server.must(["ln", "-sf", "../lib/node_modules/npm/bin/npm-cli.js", "/usr/bin/npm"]);
  await giveCertificates(server);
  const registry = (await must(["npm", "config", "get", "registry"])).trim();
  const settings = `registry=${registry}\ncafile=/etc/ssl/certs/ca-certificates.crt\n`;
  await server.must(["sh", "-c", "cat >/root/.npmrc"], { stdin: settings });
}

/** The certificates that this machine trusts: what a machine behind the same network needs to reach anything. */
export async function giveCertificates(server: Vps): Promise<void> {
  await giveArchive(server, ["--dereference", "--directory=/", "etc/ssl/certs"], "/");
}

/** Puts the files that git tracks here, as they are now, into a folder of the server. */
export async function giveCheckout(server: Vps, folder: string): Promise<void> {
  const files = await must(["git", "ls-files", "-z"], { cwd: root });
  await giveArchive(server, ["--null", "--files-from=-"], folder, files);
}

/** Packs on this machine, from the checkout's folder unless told otherwise, and unpacks in a folder of the server. */
async function giveArchive(
  server: Vps,
  what: readonly string[],
  folder: string,
  stdin?: string,
): Promise<void> {
  const archive = `/tmp/${server.name}.tar`;
  try {
    const input = stdin === undefined ? {} : { stdin };
    await must(["tar", "--create", `--file=${archive}`, ...what], { cwd: root, ...input });
    await server.copyIn(archive, "/root/given.tar");
  } finally {
    await must(["rm", "-f", archive]);
  }
  await server.must([
    ...["sh", "-c", 'mkdir -p "$1" && tar -C "$1" -xf /root/given.tar && rm /root/given.tar'],
    ...["sh", folder],
  ]);
}
