import { closeIncident } from "./incidents.ts";
import { isNoService } from "./names.ts";
import type { Turn } from "./turn.ts";

/** An incident of a service that a deploy has taken out of the model ends: nobody watches that any more. */
export function passLeft(turn: Turn): void {
  if (!turn.live.listed || Object.keys(turn.policy.services).length === 0) return;
  for (const [service, { incident }] of Object.entries(turn.durable.services)) {
    if (incident === undefined || isNoService(service)) continue;
    if (turn.policy.services[service] === undefined)
      closeIncident(turn, service, `${incident.cause}; it is deployed no more`);
  }
}
