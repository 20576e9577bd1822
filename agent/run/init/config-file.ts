import type { Host } from "../../host/host.ts";

export type FileState = "written" | "same" | "kept" | "replaced";

/** Whether files that are there with another content may be replaced; asked once for each list of them. */
export type MayReplace = (files: readonly string[]) => Promise<boolean>;

/** Writes the configuration; one that is there with another content is kept unless it may be replaced. */
export async function writeConfig(
  host: Pick<Host, "files">,
  file: string,
  text: string,
  mayReplace: MayReplace,
): Promise<FileState> {
  const there = await host.files.readText(file);
  if (there === text) return "same";
  if (there !== undefined && !(await mayReplace([file]))) return "kept";
  await host.files.writeAtomic(file, text, { mode: 0o644 });
  return there === undefined ? "written" : "replaced";
}
