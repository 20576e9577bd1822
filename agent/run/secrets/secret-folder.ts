import { basename, dirname, join } from "node:path";
import type { Host } from "../../host/host.ts";

export type Owner = { uid: number; gid: number };

type Access = { owner: Owner | undefined; file: number; folder: number };

/** Makes the folder hold exactly these files: as a whole under its final name, or mended where it differs. */
export async function writeSecretFolder(
  host: Pick<Host, "files" | "uid">,
  folder: string,
  content: Readonly<Record<string, string>>,
  owner: Owner,
): Promise<void> {
  const access = accessFor(host.uid, owner);
  if ((await host.files.stat(folder)) !== undefined) return mend(host, folder, content, access);
  const unfinished = join(dirname(folder), `.${basename(folder)}.tmp`);
  await removeSecretFolder(host, unfinished);
  await host.files.makeFolder(unfinished);
  for (const [name, value] of Object.entries(content))
    await write(host, join(unfinished, name), value, access);
  await close(host, unfinished, access);
  await host.files.rename(unfinished, folder);
}

/** Also one that nobody may write to, which a user other than root has to open first. */
export async function removeSecretFolder(host: Pick<Host, "files">, folder: string): Promise<void> {
  if ((await host.files.stat(folder))?.kind === "folder") await host.files.chmod(folder, 0o700);
  await host.files.remove(folder);
}

/**
 * Root gives the files to the service's user. Nobody else can: then they are readable by all, below a folder
 * (0700) that no other user of this machine can pass and that the container does not see.
 */
function accessFor(uid: number, owner: Owner): Access {
  if (uid === 0) return { owner, file: 0o400, folder: 0o500 };
  return uid === owner.uid
    ? { owner: undefined, file: 0o400, folder: 0o500 }
    : { owner: undefined, file: 0o444, folder: 0o555 };
}

async function mend(
  host: Pick<Host, "files" | "uid">,
  folder: string,
  content: Readonly<Record<string, string>>,
  access: Access,
): Promise<void> {
  const differing = [];
  for (const [name, value] of Object.entries(content)) {
    if (!(await isRight(host, join(folder, name), value, access))) differing.push(name);
  }
  const strangers = ((await host.files.list(folder)) ?? []).filter((name) => content[name] === undefined);
  if (differing.length === 0 && strangers.length === 0) return;
  await host.files.chmod(folder, 0o700);
  for (const name of strangers) await host.files.remove(join(folder, name));
  for (const name of differing) await write(host, join(folder, name), content[name] ?? "", access);
  await close(host, folder, access);
}

async function isRight(
  host: Pick<Host, "files" | "uid">,
  path: string,
  value: string,
  access: Access,
): Promise<boolean> {
  const stat = await host.files.stat(path);
  if (stat?.kind !== "file" || stat.mode !== access.file) return false;
  return stat.uid === (access.owner?.uid ?? host.uid) && (await host.files.readText(path)) === value;
}

function write(host: Pick<Host, "files">, path: string, value: string, access: Access): Promise<void> {
  return host.files.writeAtomic(path, value, { mode: access.file, ...access.owner });
}

async function close(host: Pick<Host, "files">, folder: string, access: Access): Promise<void> {
  if (access.owner !== undefined) await host.files.chown(folder, access.owner.uid, access.owner.gid);
  await host.files.chmod(folder, access.folder);
}
