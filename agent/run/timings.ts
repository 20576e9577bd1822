import type { Host } from "../host/host.ts";
import { readStore } from "../host/store/open-store.ts";
import { type ReadinessSample, type ReadinessSummary, readinessSummary } from "../host/store/readiness.ts";
import type { Release } from "../host/store/releases.ts";
import { type Regression, regressionOf } from "../plan/timings/regression.ts";
import { proposedStartPeriodMs } from "../plan/timings/start-period.ts";
import { type Trend, trendOf } from "../plan/timings/trend.ts";
import type { KnownProject } from "./known-project.ts";

export type ServiceTimings = ReadinessSummary & {
  name: string;
  /** Newest first. */
  samples: ReadinessSample[];
  trend: Trend | undefined;
  /** `release`: the first that ran the slower image, where it is on record. */
  regression: (Regression & { release: string | undefined }) | undefined;
  startPeriodMs: number | undefined;
};

/** Releases that are looked through for the one that brought an image. */
const RELEASES = 200;

/** From start to first good answer, by service, and what follows from it; none where nothing was ever deployed. */
export async function readTimings(
  host: Pick<Host, "files">,
  project: KnownProject,
): Promise<ServiceTimings[]> {
  if ((await host.files.stat(project.paths.database)) === undefined) return [];
  using store = readStore(project.paths.database);
  const releases = store.releases.list(RELEASES);
  return store.readiness.services().flatMap((name) => {
    const samples = store.readiness.samples(name);
    const summary = readinessSummary(samples);
    if (summary === undefined) return [];
    const regression = regressionOf(samples);
    return [
      {
        ...{ name, ...summary, samples, trend: trendOf(samples.map(({ ms }) => ms)) },
        regression: regression && { ...regression, release: releaseOf(name, regression.image, releases) },
        startPeriodMs: proposedStartPeriodMs(summary),
      },
    ];
  });
}

/** `releases` newest first. */
function releaseOf(service: string, image: string, releases: readonly Release[]): string | undefined {
  return releases.findLast(({ services, result }) => {
    return result === "deployed" && services[service]?.image === image;
  })?.id;
}
