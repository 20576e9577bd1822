import { formatMemory } from "../../core/size.ts";
import { openIncident, tell } from "./incidents.ts";
import { ledgerOf } from "./ledger.ts";
import type { ContainerFacts, WatchEvent } from "./model.ts";
import { recordOf, setRecord, type Turn } from "./turn.ts";

/** Docker saw something in the container killed for memory; its first process may live on. */
export function takeOom(turn: Turn, { instance, container }: Extract<WatchEvent, { type: "oom" }>): void {
  const facts = turn.live.instances[instance]?.facts;
  if (facts?.container === container) tellOom(turn, facts);
}

/** It ended for want of memory: counts for the circuit, and a person is told the limit. */
export function noteKill(turn: Turn, facts: ContainerFacts): void {
  const ledger = ledgerOf(turn, facts);
  const { ooms } = recordOf(turn, ledger);
  setRecord(turn, ledger, { ooms: [...ooms, turn.at].slice(-turn.policy.oom.kills) });
  tellOom(turn, facts);
}

function tellOom(turn: Turn, { service, instance, memoryLimitBytes }: ContainerFacts): void {
  const limit =
    memoryLimitBytes === undefined
      ? "the machine's memory"
      : `its limit of ${formatMemory(memoryLimitBytes)}`;
  const cause = `it needs more memory than ${limit}`;
  openIncident(turn, service, { cause, since: turn.at, instance });
  tell(turn, service, "needs-you", cause, `soloflow-agent logs ${service}`);
}
