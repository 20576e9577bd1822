import { dirname, join } from "node:path";
import type { SetupHost } from "./setup-host.ts";

/** How apt is called: with lists and packages of its own, the machine's sources, keys and installed packages. */
export type PrivateApt = { options: readonly string[] };

const COMMON = {
  "Acquire::Languages": "none",
  "Acquire::Retries": "3",
  "APT::Get::List-Cleanup": "false",
  "DPkg::Lock::Timeout": "600",
  "Dpkg::Use-Pty": "0",
  "Dir::Cache::pkgcache": "",
  "Dir::Cache::srcpkgcache": "",
};

/**
 * The machine's own lists are neither trusted to be fresh nor changed. With `next` the sources and preferences are
 * the files of `writeNext`, else the machine's.
 */
export function privateApt(work: string, next: boolean): PrivateApt {
  const settings: Record<string, string> = {
    ...COMMON,
    "Dir::State::Lists": join(work, "lists/"),
    "Dir::Cache::Archives": join(work, "archives/"),
  };
  if (next) {
    settings["Dir::Etc::SourceList"] = join(work, "next.list");
    settings["Dir::Etc::Preferences"] = join(work, "next.preferences");
    for (const parts of ["SourceParts", "PreferencesParts"]) settings[`Dir::Etc::${parts}`] = "/dev/null";
  }
  return { options: Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]) };
}

/** Makes the folders; what an earlier run had half fetched is thrown away. */
export async function preparePrivateApt({ host, paths }: SetupHost): Promise<void> {
  for (const path of [dirname(paths.work), paths.work]) await host.files.makeFolder(path, 0o755);
  for (const name of ["lists", "archives"]) {
    const folder = join(paths.work, name);
    await host.files.remove(join(folder, "partial"));
    await host.files.makeFolder(folder, 0o755);
    await host.files.makeFolder(join(folder, "partial"), 0o755);
  }
}

/** Readable for apt's own user, which fetches and verifies. */
export async function writeNext(
  { host, paths }: SetupHost,
  next: { sources: string; preferences: string },
): Promise<void> {
  await host.files.writeAtomic(join(paths.work, "next.list"), next.sources, { mode: 0o644 });
  await host.files.writeAtomic(join(paths.work, "next.preferences"), next.preferences, { mode: 0o644 });
}
