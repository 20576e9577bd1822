import { endAct } from "./acts.ts";
import { refund } from "./budget.ts";
import { swapRoles } from "./flip.ts";
import { noteRemedy } from "./incidents.ts";
import { ledgerOf } from "./ledger.ts";
import { lookAnew } from "./look-anew.ts";
import type { ActOutcome, WatchEvent } from "./model.ts";
import { servesAgain } from "./outage.ts";
import type { Act } from "./records.ts";
import { lifeOf, recordOf, servingOf, setLive, setRecord, setWatched, type Turn } from "./turn.ts";

type Done = Extract<ActOutcome, { kind: "done" }>;

/** How something that was decided has ended. */
export function takeActed(turn: Turn, { action, outcome }: Extract<WatchEvent, { type: "acted" }>): void {
  const act = endAct(turn, action);
  if (act === undefined) return;
  if (act.what === "flip") flipped(turn, act, outcome);
  else if (outcome.kind === "done") restarted(turn, act, outcome);
  else notRestarted(turn, act, outcome.kind);
}

function notRestarted(turn: Turn, act: Act, kind: "moot" | "failed"): void {
  if (kind === "moot") nothingDone(turn, act);
  else endLastAct(turn, act, "failed");
  const watched = turn.live.instances[act.instance];
  if (watched !== undefined) setWatched(turn, lookAnew(watched, turn.at));
}

/** Of what nothing was heard for too long is taken for failed, so that it stands in nobody's way. */
export function passActs(turn: Turn): void {
  for (const { id, since } of turn.durable.acts)
    if (turn.at - since >= turn.policy.actionMs) {
      const outcome = { kind: "failed", why: "nothing was heard of it" } as const;
      takeActed(turn, { at: turn.at, random: turn.random, type: "acted", action: id, outcome });
    }
}

function restarted(turn: Turn, act: Act, { how, container, readyMs, image }: Done): void {
  const { service, instance } = act;
  endLastAct(turn, act, "done");
  noteRemedy(turn, service, how);
  const begun = lifeOf(turn, instance);
  const seen = begun?.container === container && begun.startedAt !== act.startedAt;
  if (!seen) setRecord(turn, service, { made: container });
  if (readyMs !== undefined && image !== undefined) {
    const cause = `ready ${readyMs} ms after its start`;
    turn.actions.push({ type: "ready", service, instance, image, ms: readyMs, why: "restart", cause });
  }
  if (how === "other-colour") anotherServes(turn, service, act.instance);
  if (how === "standby") standbyServes(turn, service, container);
}

/** The other colour, which the next list shows, was ready before the sick one was left. */
function anotherServes(turn: Turn, service: string, sick: string): void {
  const serving = servingOf(turn, service);
  if (serving === undefined) return;
  servesAgain(turn, serving, turn.at);
  if (serving.facts.instance !== sick) return;
  const { [sick]: _sick, ...instances } = turn.live.instances;
  turn.live = { ...turn.live, instances };
}

function standbyServes(turn: Turn, service: string, container: string): void {
  const serving = servingOf(turn, service);
  if (serving !== undefined) servesAgain(turn, serving, turn.at);
  const next = Object.values(turn.live.instances).find(({ facts }) => facts.container === container);
  if (next?.facts.service === service) swapRoles(turn, service, next.facts.instance);
}

function flipped(turn: Turn, { service, container }: Act, outcome: ActOutcome): void {
  const noFlipBefore = turn.at + turn.policy.spacingMs;
  setLive(turn, service, { noFlipBefore });
  if (outcome.kind !== "done") return;
  noteRemedy(turn, service, "standby");
  standbyServes(turn, service, container);
}

function nothingDone(turn: Turn, act: Act): void {
  refund(turn, act);
  const ledger = ledgerOf(turn, act);
  const { circuit } = recordOf(turn, ledger);
  setRecord(turn, act.service, { lastAct: undefined });
  if (circuit?.state === "half-open") {
    const tries = Math.max(0, circuit.tries - 1);
    setRecord(turn, ledger, {
      circuit: { ...circuit, state: "open", tries, tried: false, nextTryAt: turn.at },
    });
  }
}

function endLastAct(turn: Turn, act: Act, ended: "done" | "failed"): void {
  const { lastAct } = recordOf(turn, act.service);
  if (lastAct !== undefined) setRecord(turn, act.service, { lastAct: { ...lastAct, at: turn.at, ended } });
}
