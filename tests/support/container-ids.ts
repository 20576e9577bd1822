import { docker } from "./sandbox.ts";

/** Full ids of a Compose project's containers, running or not, the newest first; `more` are further filters. */
export async function containerIds(project: string, ...more: readonly string[]): Promise<string[]> {
  const filters = [`label=com.docker.compose.project=${project}`, ...more].flatMap((each) => [
    "--filter",
    each,
  ]);
  const ids = await docker("ps", "-aq", "--no-trunc", ...filters);
  return ids.split("\n").filter(Boolean);
}
