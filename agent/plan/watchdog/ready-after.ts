import { ledgerOf } from "./ledger.ts";
import type { Watched } from "./live.ts";
import type { ContainerFacts } from "./model.ts";
import { servesAgain } from "./outage.ts";
import { lifeOf, policyOf, recordOf, setLife, setRecord, type Turn } from "./turn.ts";

/**
 * A container has become ready. Its ready-after is recorded where the moment is known: it was asked before and did
 * not answer, or this look began within two of the usual ones of its start. What a deploy starts, the deploy records.
 */
export function becameReady(
  turn: Turn,
  before: Watched,
  after: Watched,
  { at, began }: { at: number; began: number },
): void {
  const { service, instance, image, startedAt = 0 } = after.facts;
  const life = lifeOf(turn, instance);
  if (life !== undefined && !life.ready) {
    const exact = before.asked || began - startedAt <= 2 * turn.policy.startingEveryMs;
    const judged = policyOf(turn, service).probed || after.facts.health !== undefined;
    if (exact && judged && life.why !== "deploy" && after.strange === 0) {
      const cause = `ready ${at - startedAt} ms after its start`;
      turn.actions.push({
        type: "ready",
        service,
        instance,
        image,
        ms: at - startedAt,
        why: life.why,
        cause,
      });
    }
    setLife(turn, instance, { ...life, ready: true });
  }
  noteAnswer(turn, after.facts);
  servesAgain(turn, after, after.goodSince ?? at);
}

function noteAnswer(turn: Turn, facts: ContainerFacts): void {
  if (!recordOf(turn, facts.service).answered) setRecord(turn, facts.service, { answered: true });
  const ledger = ledgerOf(turn, facts);
  const { stillborn, circuit } = recordOf(turn, ledger);
  if (stillborn !== undefined) setRecord(turn, ledger, { stillborn: undefined });
  if (circuit?.state === "open") setRecord(turn, ledger, { circuit: { ...circuit, state: "half-open" } });
}
