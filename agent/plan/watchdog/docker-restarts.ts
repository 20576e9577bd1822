import { isSettling } from "./engine-state.ts";
import { leaseOn } from "./holds.ts";
import { ledgerOf } from "./ledger.ts";
import type { ContainerFacts } from "./model.ts";
import { lifeOf, policyOf, recordOf, setRecord, type Turn, watchedOf } from "./turn.ts";

/**
 * While the circuit is open Docker must not restart it either; afterwards it may again. Asked for at each list until
 * the list shows it.
 */
export function noteDockerRestarts(turn: Turn, containers: readonly ContainerFacts[]): void {
  for (const service of Object.keys(turn.policy.services)) {
    const { taken } = recordOf(turn, service);
    const left = taken.filter((id) => containers.some(({ container }) => container === id));
    if (left.length !== taken.length) setRecord(turn, service, { taken: left });
    settleDockerRestarts(turn, service);
  }
}

/** Also called when the circuit opens or closes. */
export function settleDockerRestarts(turn: Turn, service: string): void {
  if (isSettling(turn) || leaseOn(turn, service) !== undefined) return;
  for (const { facts } of watchedOf(turn, service)) {
    if (lifeOf(turn, facts.instance)?.person !== undefined) continue;
    const { circuit } = recordOf(turn, ledgerOf(turn, facts));
    if (circuit === undefined) giveBack(turn, facts);
    else if (facts.dockerRestarts && policyOf(turn, service).mode === "restart") take(turn, facts);
  }
}

function take(turn: Turn, { service, instance, container }: ContainerFacts): void {
  const { taken } = recordOf(turn, service);
  if (!taken.includes(container)) setRecord(turn, service, { taken: [...taken, container] });
  const cause = "the circuit is open: docker is not to restart it either";
  turn.actions.push({ type: "docker-restarts", instance, container, allow: false, cause });
}

function giveBack(turn: Turn, { service, instance, container, dockerRestarts }: ContainerFacts): void {
  const { taken } = recordOf(turn, service);
  if (!taken.includes(container)) return;
  const cause = "the circuit is closed: docker may restart it again";
  if (dockerRestarts) setRecord(turn, service, { taken: taken.filter((id) => id !== container) });
  else turn.actions.push({ type: "docker-restarts", instance, container, allow: true, cause });
}
