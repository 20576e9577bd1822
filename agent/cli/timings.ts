import { formatDuration } from "../core/duration.ts";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { table } from "../core/table.ts";
import { sparkline } from "../plan/timings/sparkline.ts";
import { knownProject } from "../run/known-project.ts";
import { readTimings, type ServiceTimings } from "../run/timings.ts";
import type { CliContext } from "./context.ts";
import type { Output } from "./output.ts";

/** So many of the last starts are drawn. */
const DRAWN = 30;

export async function run({ host, configFile, json, output }: CliContext): Promise<ExitCode> {
  const timings = await readTimings(host, await knownProject(host, configFile));
  if (json) output.json({ schema: 1, services: timings.map(forJson) });
  else if (timings.length === 0) output.line("no start has been measured yet: soloflow-agent deploy");
  else print(timings, output);
  return EXIT.done;
}

function print(timings: readonly ServiceTimings[], output: Output): void {
  const head = ["SERVICE", "HALF WITHIN", "95 % WITHIN", "LAST", "TREND", "STARTS", "START_PERIOD"];
  // Bars are for eyes: what reads this from a pipe gets the same columns without them.
  const drawn = output.isTerminal ? [...head, "THE LAST STARTS"] : head;
  for (const line of table([drawn, ...timings.map((service) => row(service, output))])) output.line(line);
  for (const service of timings.filter(({ regression }) => regression !== undefined))
    output.line(output.inLine.bad(regressionText(service)));
  if (timings.some(({ startPeriodMs }) => startPeriodMs !== undefined))
    output.line(
      output.inLine.dim(
        "START_PERIOD: for the health check in the compose file, 3 × what 95 % of the starts took",
      ),
    );
}

function row(service: ServiceTimings, output: Output): string[] {
  const { name, p50Ms, p95Ms, lastMs, count, trend, startPeriodMs, samples } = service;
  const last = samples.slice(0, DRAWN).map(({ ms }) => ms);
  return [
    ...[name, ...[p50Ms, p95Ms, lastMs].map(formatDuration)],
    trend === undefined ? "-" : trendText(trend, output),
    String(count),
    startPeriodMs === undefined ? "-" : `${startPeriodMs / 1_000}s`,
    ...(output.isTerminal ? [sparkline(last.reverse())] : []),
  ];
}

function trendText({ word, factor }: ServiceTimings["trend"] & {}, { inLine }: Output): string {
  if (word === "steady") return word;
  return word === "slower" ? inLine.bad(`slower × ${factor}`) : inLine.good(`quicker × ${factor}`);
}

function regressionText({ name, regression }: ServiceTimings): string {
  if (regression === undefined) return "";
  const { release, image, factor, nowMs, beforeMs } = regression;
  const since =
    release === undefined ? `image ${image.replace("sha256:", "").slice(0, 12)}` : `release ${release}`;
  return `${name}: ${factor} × slower since ${since} (${formatDuration(nowMs)}, was ${formatDuration(beforeMs)})`;
}

function forJson(service: ServiceTimings): object {
  const { name, count, p50Ms, p95Ms, lastMs, samples, trend, regression, startPeriodMs } = service;
  return {
    ...{ name, count, p50Ms, p95Ms, lastMs },
    samples: samples.map(({ at, ms, cause, image }) => ({
      ...{ at: new Date(at).toISOString(), ms, cause, digest: image },
    })),
    trend: trend ?? null,
    regression: regression === undefined ? null : regressionJson(regression),
    startPeriodMs: startPeriodMs ?? null,
  };
}

function regressionJson({
  image,
  since,
  release,
  factor,
  beforeMs,
  nowMs,
}: ServiceTimings["regression"] & {}) {
  return {
    ...{ digest: image, release: release ?? null, since: new Date(since).toISOString() },
    ...{ factor, beforeMs, nowMs },
  };
}
