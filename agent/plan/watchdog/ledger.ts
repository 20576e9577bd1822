import type { Target } from "./model.ts";
import { policyOf, type Turn, watchedOf } from "./turn.ts";

/**
 * Under which name the restarts of a container are counted, and its circuit opens: the service's; but each of the two
 * of a service with a warm standby has its own, so that one that loops takes nothing from the one that serves.
 */
export function ledgerOf(
  turn: Pick<Turn, "policy">,
  { service, instance }: Pick<Target, "service" | "instance">,
): string {
  return policyOf(turn, service).standby === true ? instance : service;
}

/** All of a service, that of the one that serves first. */
export function ledgersOf(turn: Pick<Turn, "policy" | "live">, service: string): string[] {
  if (policyOf(turn, service).standby !== true) return [service];
  return watchedOf(turn, service).map(({ facts }) => facts.instance);
}
