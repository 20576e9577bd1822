import type { Store } from "../../host/store/store.ts";
import type { History } from "../../plan/render.ts";
import type { Desired } from "../../plan/unit.ts";

/** Each service's usual time from start to ready, from what was measured before. */
export function usualTimes(store: Store, desired: Desired): History {
  return Object.fromEntries(
    desired.units.flatMap(({ service }) => {
      const usual = store.readiness.summary(service)?.p50Ms;
      return usual === undefined ? [] : [[service, usual]];
    }),
  );
}
