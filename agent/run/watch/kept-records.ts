import type { Store } from "../../host/store/store.ts";
import type { WatchAction } from "../../plan/watchdog/model.ts";

type Alert = Extract<WatchAction, { type: "alert" }>;

/**
 * What is written in one piece with the state that it follows from, so that an agent killed right after neither
 * forgets a page that its state says was sent, nor an incident: each of it may be written again. undefined: nothing.
 * `at`: the steady clock.
 */
export function keptRecords(
  actions: readonly WatchAction[],
  at: number,
  alert: (store: Store, action: Alert) => void,
): ((store: Store) => void) | undefined {
  const kept = actions.filter(({ type }) => type === "incident" || type === "alert");
  if (kept.length === 0) return undefined;
  return (store) => {
    for (const action of kept) {
      if (action.type === "alert") alert(store, action);
      if (action.type === "incident") keepIncident(store, action, at);
    }
  };
}

function keepIncident(
  { incidents }: Store,
  action: Extract<WatchAction, { type: "incident" }>,
  at: number,
): void {
  const { incident: id, service, cause } = action;
  if (action.change === "opened")
    incidents.open({ id, service, at, level: "healed", cause, report: action.report });
  if (action.change === "closed") {
    const how = action.remedy === undefined ? {} : { remedy: action.remedy };
    incidents.close(id, { at, lostMs: action.lostMs, ...how });
  }
}
