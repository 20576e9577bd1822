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
  const pack = ["tar", "--create", "--dereference", "--directory=/", "etc/ssl/certs", "--file"];
  await giveArchive(server, pack, "/");
}

/** Puts the files of the last commit into a folder of the server, as a clone would. */
export async function giveCheckout(server: Vps, folder: string): Promise<void> {
  await giveArchive(server, ["git", "archive", "HEAD", "--output"], folder);
}

/** Packs with a command that ends in the archive's name, and unpacks in a folder of the server. */
async function giveArchive(server: Vps, pack: readonly string[], folder: string): Promise<void> {
  const archive = `/tmp/${server.name}.tar`;
  try {
    await must([...pack, archive], { cwd: root });
    await server.copyIn(archive, "/root/given.tar");
  } finally {
    await must(["rm", "-f", archive]);
  }
  await server.must([
    ...["sh", "-c", 'mkdir -p "$1" && tar -C "$1" -xf /root/given.tar && rm /root/given.tar'],
    ...["sh", folder],
  ]);
}
