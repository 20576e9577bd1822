import type { ProbeResult } from "../../core/probe-result.ts";
import type { Evidence, ProbeVerdict } from "./probe-verdict.ts";

/** A late answer is a sign of life, no verdict. */
type Answer = Omit<ProbeResult, "late">;

const NOTHING: Evidence = { busy: false, lateMs: undefined, servedMeanwhile: false };

/** What an answer means. `evidence`: what speaks against a hang, if anything does. */
export function verdictOf(answer: Answer, evidence: Evidence = NOTHING): ProbeVerdict {
  const { good, status } = answer;
  const detail = withoutWords(answer);
  if (good) return { kind: "good" };
  if (status !== undefined && status >= 400 && status < 500) return { kind: "misconfigured", detail };
  const code = /^exit code (\d+)/.exec(detail)?.[1];
  // There is no such program in the container, or it cannot be run.
  if (code === "126" || code === "127") return { kind: "misconfigured", detail };
  return { kind: "silent", why: whyOf(answer, code), detail, evidence };
}

function whyOf({ kind }: Answer, code: string | undefined): "timeout" | "refused" | "error" {
  // 124: the command ran longer than it may.
  if (code === "124") return "timeout";
  return kind === "timeout" || kind === "refused" ? kind : "error";
}

/** A cause goes to logs and to whoever asks: it holds the status or exit code, never what the app said with it. */
function withoutWords({ detail, status }: Answer): string {
  if (status !== undefined) return `status ${status}`;
  return /^exit code \d+/.exec(detail)?.[0] ?? detail;
}
