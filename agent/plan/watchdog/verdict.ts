import type { Evidence, ProbeVerdict } from "./model.ts";

/** What a probe saw; see the host's prober. */
export type Answer = { good: boolean; answered: boolean; detail: string; status?: number };

const NOTHING: Evidence = { busy: false, lateMs: undefined, servedMeanwhile: false };

/** What an answer means. `evidence`: what speaks against a hang, if anything does. */
export function verdictOf(answer: Answer, evidence: Evidence = NOTHING): ProbeVerdict {
  const { good, answered, detail, status } = answer;
  if (good) return { kind: "good" };
  if (status !== undefined && status >= 400 && status < 500) return { kind: "misconfigured", detail };
  const code = /^exit code (\d+)/.exec(detail)?.[1];
  // There is no such program in the container, or it cannot be run.
  if (code === "126" || code === "127") return { kind: "misconfigured", detail };
  return { kind: "silent", why: whyOf(answered, detail, code), detail, evidence };
}

function whyOf(answered: boolean, detail: string, code: string | undefined): "timeout" | "refused" | "error" {
  // 124: the command ran longer than it may.
  if (code === "124" || /^no (answer|connection) within/.test(detail)) return "timeout";
  return !answered && /refused/i.test(detail) ? "refused" : "error";
}
