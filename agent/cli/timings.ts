import { formatDuration } from "../core/duration.ts";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { table } from "../core/table.ts";
import { readTimings } from "../run/history.ts";
import { knownProject } from "../run/known-project.ts";
import type { CliContext } from "./context.ts";

export async function run({ host, configFile, json, output }: CliContext): Promise<ExitCode> {
  const timings = await readTimings(host, await knownProject(host, configFile));
  if (json) {
    const services = timings.map(({ name, count, p50Ms, p95Ms, lastMs, samples }) => ({
      ...{ name, count, p50Ms, p95Ms, lastMs },
      samples: samples.map(({ at, ms, cause, image }) => ({
        at: new Date(at).toISOString(),
        ms,
        cause,
        digest: image,
      })),
    }));
    output.json({ schema: 1, services });
    return EXIT.done;
  }
  if (timings.length === 0) output.line("no start has been measured yet: soloflow-agent deploy");
  else {
    const rows = timings.map(({ name, count, p50Ms, p95Ms, lastMs }) => [
      name,
      ...[p50Ms, p95Ms, lastMs].map(formatDuration),
      String(count),
    ]);
    for (const line of table([["SERVICE", "HALF WITHIN", "95 % WITHIN", "LAST", "STARTS"], ...rows]))
      output.line(line);
  }
  return EXIT.done;
}
