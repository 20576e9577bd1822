import { docker } from "../support/sandbox.ts";

/** Which life of which container: `id started restarts`, by name. A restart of whatever kind changes it. */
export type Lives = ReadonlyMap<string, string>;

const FORMAT = "{{.Name}}\t{{.Id}} {{.State.StartedAt}} {{.RestartCount}} {{.State.Status}}";

export async function livesOf(project: string): Promise<Lives> {
  const ids = await docker("ps", "-aq", "--filter", `label=com.docker.compose.project=${project}`);
  const lines = await docker("inspect", "-f", FORMAT, ...ids.split("\n").filter(Boolean));
  return new Map(lines.split("\n").map((line) => line.split("\t", 2) as [string, string]));
}

/** Names of those that began another life, came or went. */
export function changedLives(before: Lives, after: Lives): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
