import { closeCircuit } from "./circuit.ts";
import { recordOf, setRecord, type Turn } from "./turn.ts";

/** An operator's word: what was counted against the service is forgotten, and it is tried at once. */
export function takeWord(turn: Turn, service: string): void {
  if (turn.policy.services[service] === undefined) return;
  const { lastAct } = recordOf(turn, service);
  const again =
    lastAct === undefined || lastAct.ended === undefined ? lastAct : { ...lastAct, ended: "failed" as const };
  setRecord(turn, service, {
    own: [],
    docker: [],
    ooms: [],
    step: 0,
    notBefore: 0,
    stillborn: undefined,
    lastAct: again,
  });
  closeCircuit(turn, service);
}
