import type { WatchAction } from "../../plan/watchdog/model.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import type { Hands } from "./act/hands.ts";
import type { Chronicle } from "./chronicle.ts";

export type DeedsParts = {
  hands: Pick<Hands, "begin" | "dockerRestarts">;
  chronicle: Chronicle;
  metrics: Metrics;
  /** A start was measured: deadlines and the price of a restart follow from it. */
  measured(service: string): void;
};

/** Begins what was decided. `written`: whether it is on the disk; without that no container is touched. */
export function performer({ hands, chronicle, metrics, measured }: DeedsParts) {
  return (actions: readonly WatchAction[], written: boolean): void => {
    for (const action of actions) perform(action, written);
  };

  function perform(action: WatchAction, written: boolean): void {
    switch (action.type) {
      case "restart":
      case "flip":
        hands.begin(action, written);
        break;
      case "docker-restarts":
        if (written) hands.dockerRestarts(action);
        break;
      case "ready":
        metrics.ready(action.service, action.why, action.ms);
        chronicle.ready(action);
        measured(action.service);
        break;
      case "alert":
        chronicle.alert(action);
        break;
      case "event":
        chronicle.event(action);
        break;
      case "incident":
        if (action.change === "opened") metrics.incidentOpened(action.service);
        if (action.change === "closed") metrics.incidentClosed(action.service, action.lostMs);
        chronicle.incident(action);
        break;
      default:
        action satisfies never;
    }
  }
}
