import { closeCircuit } from "./circuit.ts";
import { ledgersOf } from "./ledger.ts";
import { recordOf, setRecord, type Turn } from "./turn.ts";

/** An operator's word: what was counted against the service is forgotten, and it is tried at once. */
export function takeWord(turn: Turn, service: string): void {
  if (turn.policy.services[service] === undefined) return;
  const { lastAct } = recordOf(turn, service);
  const again =
    lastAct === undefined || lastAct.ended === undefined ? lastAct : { ...lastAct, ended: "failed" as const };
  setRecord(turn, service, { lastAct: again });
  for (const ledger of ledgersOf(turn, service)) {
    setRecord(turn, ledger, { own: [], docker: [], ooms: [], step: 0, notBefore: 0, stillborn: undefined });
    closeCircuit(turn, service, ledger);
  }
}
