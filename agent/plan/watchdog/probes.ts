import { isHeld } from "./holds.ts";
import { judgeLook, type Look } from "./judge-look.ts";
import type { Watched } from "./live.ts";
import type { WatchEvent } from "./model.ts";
import { nextProbe } from "./next-look.ts";
import { isOverdue } from "./overdue.ts";
import { becameReady } from "./ready-after.ts";
import { isLife, policyOf, recordOf, setRecord, setWatched, type Turn } from "./turn.ts";

type Probed = Extract<WatchEvent, { type: "probed" }>;

/**
 * Takes the result of one look in. One at another life, at what somebody holds, or by a starved agent says nothing.
 */
export function takeLook(turn: Turn, event: Probed): void {
  const before = turn.live.instances[event.instance];
  if (before === undefined || before.facts.state !== "running" || !isLife(event, before.facts)) return;
  if (isHeld(turn, before)) return;
  const look = { at: turn.at, began: event.began ?? turn.at, verdict: event.verdict };
  if (look.verdict.kind === "silent" && look.began < turn.live.discardBefore) return;
  const asked = event.asked ?? nextProbe(turn, before);
  if (asked === "live") noteProven(turn, before.facts.service, look);
  if (asked === "live" && before.condition === "starting" && isOverdue(turn, before))
    setWatched(turn, { ...before, alive: look.verdict.kind !== "silent" });
  else if (asked !== "live" || before.condition !== "failed") applyLook(turn, before, look);
}

function noteProven(turn: Turn, service: string, { verdict }: Look): void {
  const { probe } = policyOf(turn, service);
  if (verdict.kind === "good" && recordOf(turn, service).alive !== probe)
    setRecord(turn, service, { alive: probe });
}

export function applyLook(turn: Turn, before: Watched, look: Look): void {
  const after = {
    ...judgeLook(turn.policy, before, look, policyOf(turn, before.facts.service)),
    askNow: false,
  };
  setWatched(turn, after);
  if (after.condition === "ready" && before.condition !== "ready") becameReady(turn, before, after, look);
}
