import { join, resolve } from "node:path";
import { EXIT, SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";
import { aloneFile, type Colour, flagFile, otherColour } from "../plan/colour.ts";
import { INGRESS_UID, type IngressFolders } from "../plan/ingress-spec.ts";
import { replaceFile } from "./deploy/replaced-files.ts";
import type { KnownProject } from "./known-project.ts";
import type { Project } from "./project.ts";

export function ingressFolders(project: Pick<KnownProject, "paths">): IngressFolders {
  const { ingress, active } = project.paths;
  return {
    config: join(ingress, "config"),
    socket: join(ingress, "run"),
    data: join(ingress, "data"),
    flags: active,
  };
}

export function ingressSocket(project: Pick<KnownProject, "paths">): string {
  return join(ingressFolders(project).socket, "admin.sock");
}

/**
 * Writes what the ingress reads. The folders above stay closed to other users of the machine; a bind reaches them all
 * the same. Returns what `replaceFile` does. Errors: SoloflowError "config" (exit 2) when the file of acme_ca_root is
 * not there.
 */
export async function writeIngressFiles(host: Host, project: Project, caddyfile: string): Promise<string[]> {
  const folders = ingressFolders(project);
  const owner = host.uid === 0 ? { uid: INGRESS_UID, gid: INGRESS_UID } : {};
  for (const folder of Object.values(folders)) {
    await host.files.makeFolder(folder, 0o755);
    await host.files.chmod(folder, 0o755);
  }
  for (const folder of [folders.socket, folders.data]) {
    if (owner.uid !== undefined) await host.files.chown(folder, owner.uid, owner.gid);
  }
  const config = (name: string, text: string) => replaceFile(host, join(folders.config, name), text, 0o644);
  const pem = await authority(host, project);
  const root = pem === undefined ? [] : await config("acme-root.pem", pem);
  return [...root, ...(await config("Caddyfile", caddyfile))];
}

/** The root certificate that `acme_ca_root` names, if it names one. */
async function authority(host: Host, project: Project): Promise<string | undefined> {
  const root = project.config.ingress.acme_ca_root;
  if (root === undefined) return undefined;
  const pem = await host.files.readText(resolve(project.root, root));
  if (pem === undefined) {
    throw new SoloflowError("config", `[ingress] acme_ca_root names ${root}, which is not there`, {
      hint: "put the root certificate of your certificate authority there, or remove the line",
      exitCode: EXIT.usage,
    });
  }
  return pem;
}

/** Makes a colour serve: one rename, which needs no room on the disk, and the ingress sees it with its next request. */
export async function flip(
  host: Pick<Host, "files">,
  project: Pick<KnownProject, "paths">,
  service: string,
  to: Colour,
): Promise<void> {
  const [from, flag] = [otherColour(to), to].map((colour) =>
    join(project.paths.active, flagFile(service, colour)),
  );
  if (from === undefined || flag === undefined || (await host.files.stat(flag)) !== undefined) return;
  if ((await host.files.stat(from)) === undefined) await host.files.writeAtomic(flag, "", { mode: 0o644 });
  else await host.files.rename(from, flag);
}

/** Whether the ingress asks nobody but the colour that serves, from its next request on; see `aloneFile`. */
export async function setAlone(
  host: Pick<Host, "files">,
  project: Pick<KnownProject, "paths">,
  service: string,
  isAlone: boolean,
): Promise<void> {
  const file = join(project.paths.active, aloneFile(service));
  if (isAlone) await host.files.writeAtomic(file, "", { mode: 0o644 });
  else await host.files.remove(file);
}
