import { join } from "node:path";
import { SoloflowError } from "../../core/errors.ts";
import { type Package, parseRecord, readRecords } from "../../plan/images/packages.ts";
import type { BuiltImage } from "./built-image.ts";
import { workFolder } from "./image-files.ts";
import { endedBadly } from "./outcome-error.ts";
import type { BuildSetting } from "./setting.ts";

const TIMEOUT_MS = 60_000;

/**
 * What went into each image, by its id; empty for images that are not made of packages. Kept by image id, which
 * stands for the content. Errors: SoloflowError "build" when the builder does not give the records.
 */
export async function imagePackages(
  setting: Pick<BuildSetting, "host" | "exec" | "project" | "signal">,
  images: readonly Pick<BuiltImage, "id" | "name">[],
): Promise<Map<string, Package[]>> {
  const { files } = setting.host;
  const found = new Map<string, Package[]>();
  const unknown: Pick<BuiltImage, "id" | "name">[] = [];
  for (const image of images) {
    const text = await files.readText(recordFile(setting, image.id));
    if (text === undefined) unknown.push(image);
    else found.set(image.id, parseRecord(text));
  }
  for (const [id, text] of await readAll(setting, unknown)) {
    await files.writeAtomic(recordFile(setting, id), text);
    found.set(id, parseRecord(text));
  }
  return found;
}

async function readAll(
  { host, exec, project, signal }: Pick<BuildSetting, "host" | "exec" | "project" | "signal">,
  images: readonly Pick<BuiltImage, "id" | "name">[],
): Promise<[id: string, text: string][]> {
  if (images.length === 0) return [];
  const folder = workFolder(project, ".records");
  await host.files.remove(folder);
  const names = images.map(({ name }) => `${name}:latest`);
  const outcome = await exec(readRecords(names, folder), { timeoutMs: TIMEOUT_MS, signal });
  if (outcome.kind !== "ok") {
    const why = outcome.kind === "failed" ? outcome.stderr.trim().split("\n").at(-1) : undefined;
    throw (
      endedBadly(outcome, "reading the packages of images", TIMEOUT_MS) ??
      new SoloflowError("build", `cannot read the packages of images: ${why}`)
    );
  }
  const records = images.map(async ({ id }, index): Promise<[string, string]> => {
    return [id, (await host.files.readText(join(folder, String(index), "packages"))) ?? ""];
  });
  const all = await Promise.all(records);
  await host.files.remove(folder);
  return all;
}

function recordFile({ project }: Pick<BuildSetting, "project">, id: string): string {
  return join(project.paths.cache, "packages", `${id.replace("sha256:", "")}.txt`);
}
