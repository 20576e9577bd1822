import { closeIncident, openIncident, tell } from "./incidents.ts";
import { SHARED_SECRETS } from "./names.ts";
import { recordOf, type Turn } from "./turn.ts";

/** Gives every service what the store says, and finishes or undoes a rotation that was interrupted. */
const NEXT = "soloflow-agent deploy";

/** Customers may notice nothing yet, but a key that one service makes is refused by another: no restart mends that. */
export function takeDrift(turn: Turn, causes: readonly string[]): void {
  if (causes.length > 0) {
    const cause = causes.join("; ");
    openIncident(turn, SHARED_SECRETS, { cause, since: turn.at });
    tell(turn, SHARED_SECRETS, "needs-you", cause, NEXT);
  } else if (recordOf(turn, SHARED_SECRETS).incident !== undefined)
    closeIncident(turn, SHARED_SECRETS, "services accept the same of the secrets that they share");
}
