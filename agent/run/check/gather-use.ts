import type { Host } from "../../host/host.ts";
import type { MachineFacts } from "../../plan/check/machine-facts.ts";
import { LABEL } from "../../plan/labels.ts";

/** How large the images are that are there already, by name. */
export async function gatherImageBytes(
  host: Pick<Host, "engine">,
  images: readonly string[],
): Promise<MachineFacts["imageBytes"]> {
  const found = await Promise.all(
    images.map(async (name) => [name, await host.engine.image(name).catch(() => undefined)] as const),
  );
  return Object.fromEntries(
    found.flatMap(([name, image]) => (image === undefined ? [] : [[name, image.sizeBytes]])),
  );
}

/** What each running service of the project uses; the largest of its containers counts. */
export async function gatherUsedBytes(
  host: Pick<Host, "engine">,
  project: string,
): Promise<MachineFacts["usedBytes"]> {
  const used: Record<string, number> = {};
  const containers = await host.engine.containers([`${LABEL.composeProject}=${project}`]).catch(() => []);
  for (const { id, state, labels } of containers) {
    const service = labels[LABEL.service] ?? labels[LABEL.composeService];
    if (state !== "running" || service === undefined) continue;
    const stats = await host.engine.stats(id).catch(() => undefined);
    if (stats !== undefined) used[service] = Math.max(used[service] ?? 0, stats.memoryBytes);
  }
  return used;
}
