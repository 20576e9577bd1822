import type { Watched } from "./live.ts";
import type { ServicePolicy, WatchPolicy } from "./model.ts";
import type { Evidence, ProbeVerdict } from "./probe-verdict.ts";

/** One look: when it began, when its result was there, and what came of it. */
export type Look = { at: number; began: number; verdict: ProbeVerdict };

/** How long a silence is borne: as long as the restart would cost, which is never worse than twice the best choice. */
export function toleratedMs(policy: WatchPolicy, { usual }: ServicePolicy): number {
  return Math.min(usual?.p50Ms ?? 0, policy.silenceMaxMs);
}

/** What is thought of a running container after one more look at it. */
export function judgeLook(policy: WatchPolicy, before: Watched, look: Look, service: ServicePolicy): Watched {
  switch (look.verdict.kind) {
    case "good":
      return afterAnswer(policy, before.strange === 0 ? before : noMoreStrange(before, look), look);
    case "misconfigured":
      return afterStrange(policy, before, look, look.verdict.detail);
    case "silent":
      return afterSilence(policy, before, look, look.verdict, toleratedMs(policy, service));
  }
}

function afterAnswer(policy: WatchPolicy, before: Watched, look: Look): Watched {
  const goods = before.goods + 1;
  const goodSince = before.goodSince ?? look.at;
  const sick = before.condition === "unhealthy" || before.condition === "slow";
  const heard = {
    ...before,
    goods,
    goodSince,
    failures: 0,
    silentSince: undefined,
    evidenceAt: undefined,
    answeredAt: undefined,
  };
  const answered = { ...heard, lastGoodAt: look.began };
  if (before.condition === "ready") return answered;
  if (sick && goods < policy.recover) return answered;
  const readySince = before.condition === "suspect" ? (before.readySince ?? look.at) : goodSince;
  return { ...answered, condition: "ready", cause: "it answers", since: look.at, readySince };
}

/** Well only from now on. */
function noMoreStrange(before: Watched, { at }: Look): Watched {
  return { ...before, strange: 0, readySince: before.readySince === undefined ? undefined : at };
}

/** An answer, though a wrong one: whoever gives it is alive, but a start it is not yet. */
function afterStrange(policy: WatchPolicy, before: Watched, look: Look, detail: string): Watched {
  const counted = { ...before, strange: before.strange + 1, asked: true };
  if (before.condition === "starting") return { ...counted, lastGoodAt: look.began, cause: detail };
  return { ...afterAnswer(policy, counted, look), cause: detail };
}

function afterSilence(
  policy: WatchPolicy,
  before: Watched,
  look: Look,
  { detail, evidence }: { detail: string; evidence: Evidence },
  toleratedMs: number,
): Watched {
  const failures = before.failures + 1;
  const silentSince = before.silentSince ?? look.began;
  const evidenceAt = isAlive(evidence) ? look.at : before.evidenceAt;
  const answered = evidence.lateMs !== undefined || evidence.servedMeanwhile;
  const answeredAt = answered ? look.at : before.answeredAt;
  const counted = {
    ...before,
    failures,
    silentSince,
    evidenceAt,
    answeredAt,
    goods: 0,
    goodSince: undefined,
    strange: 0,
  };
  const silent = { ...counted, asked: true };
  if (before.condition === "starting" || before.condition === "failed") return { ...silent, cause: detail };
  const heardAt = Math.max(answeredAt ?? 0, silentSince);
  const signs =
    evidenceAt !== undefined &&
    look.at - evidenceAt < policy.slowEndMs &&
    look.at - heardAt < policy.busyEndMs;
  const enough = failures >= policy.fail && look.at - silentSince >= toleratedMs;
  const sick = before.condition === "unhealthy" || before.condition === "slow" || enough;
  const condition = sick ? (signs ? "slow" : "unhealthy") : "suspect";
  return changed(silent, condition, detail, look.at);
}

function changed(watched: Watched, condition: Watched["condition"], cause: string, at: number): Watched {
  const readySince = condition === "suspect" ? watched.readySince : undefined;
  if (watched.condition === condition) return { ...watched, cause };
  return { ...watched, condition, cause, since: at, readySince };
}

function isAlive({ busy, lateMs, servedMeanwhile }: Evidence): boolean {
  return busy || lateMs !== undefined || servedMeanwhile;
}
