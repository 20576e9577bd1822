import type { SoloflowError } from "../../core/errors.ts";
import type { Readiness, ReadinessSample } from "../../host/store/readiness.ts";
import type { DeployPlan } from "../../plan/deploy.ts";
import { isSlowStart, usualOf } from "../../plan/timings/slow-start.ts";
import type { BuiltImage } from "../build/built-image.ts";

/** The document of `deploy --json`, without its schema number. */
export type DeployDocument = {
  result: "deployed" | "unchanged" | "rolled-back" | "degraded";
  release: string | null;
  durationMs: number;
  services: {
    name: string;
    action: string;
    cause: string;
    buildMs: number | null;
    imageBytes: number | null;
    readyAfterMs: number | null;
    /** What half of its earlier starts took; null without history or where nothing was started. */
    usualReadyMs: number | null;
    /** See `isSlowStart`; null as above. */
    slowStart: boolean | null;
  }[];
};

export type DeployResult = {
  document: DeployDocument;
  /** Where people find each service. */
  addresses: readonly (readonly [service: string, address: string])[];
  /** What went wrong, when the deploy was put back (exit code 3) or not wholly (4). */
  failure: SoloflowError | undefined;
};

export function documentServices(
  plan: DeployPlan,
  built: readonly BuiltImage[],
  readyAfterMs: ReadonlyMap<string, number>,
  history: Pick<Readiness, "samples">,
): DeployDocument["services"] {
  return plan.services.map(({ service, action, causes }) => {
    const image = built.find((candidate) => candidate.services.includes(service));
    const ready = readyAfterMs.get(service);
    return {
      ...{ name: service, action, cause: causes.join("; ") },
      buildMs: image?.built === true ? image.ms : null,
      imageBytes: image?.sizeBytes ?? null,
      readyAfterMs: ready === undefined ? null : Math.round(ready),
      ...compared(ready, history.samples(service)),
    };
  });
}

/** `newestFirst`: the first of them is this start itself. */
function compared(readyMs: number | undefined, newestFirst: readonly ReadinessSample[]) {
  const usual = usualOf(newestFirst.slice(1).map(({ ms }) => ms));
  if (readyMs === undefined || usual === undefined) return { usualReadyMs: null, slowStart: null };
  return { usualReadyMs: usual.p50Ms, slowStart: isSlowStart(readyMs, usual) };
}
