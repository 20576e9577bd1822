import { containerIds } from "./container-ids.ts";
import { docker } from "./sandbox.ts";

/**
 * Which life of which container: `id started restarts status`, by name. Equal as long as nobody has made, started,
 * stopped or paused any of the project's containers.
 */
export type Lives = ReadonlyMap<string, string>;

const FORMAT = "{{.Name}}\t{{.Id}} {{.State.StartedAt}} {{.RestartCount}} {{.State.Status}}";

export async function livesOf(project: string): Promise<Lives> {
  const ids = await containerIds(project);
  if (ids.length === 0) return new Map();
  const lines = await docker("inspect", "-f", FORMAT, ...ids);
  return new Map(lines.split("\n").map((line) => line.replace(/^\//, "").split("\t", 2) as [string, string]));
}

/** Names of those that began another life, came or went. */
export function changedLives(before: Lives, after: Lives): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
