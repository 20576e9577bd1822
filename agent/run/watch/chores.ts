import { phaseOf } from "../../plan/watchdog.ts";
import type { Brain } from "./brain.ts";
import { DriftWatch } from "./drift-watch.ts";
import { RotationClock, type RotationClockParts } from "./rotation-clock.ts";
import type { WatchdogParts } from "./watchdog-parts.ts";
import type { World } from "./world.ts";

type Chores = WatchdogParts & { world: World; brain: Brain } & Pick<RotationClockParts, "alert">;

/** What is looked at now and then beside the watching, and holds up none of it: to be called with each reconcile. */
export function choresOf(parts: Chores): () => void {
  const { world, brain } = parts;
  const drift = new DriftWatch(parts);
  const rotations = new RotationClock({
    ...parts,
    deployed: () => world.model,
    isHeld: () => Object.keys(brain.state.live.holds).length > 0,
    phases: () => Object.keys(brain.policy.services).map((name) => phaseOf(brain.state, name)),
  });
  return () => {
    void drift.reconciled();
    void rotations.reconciled();
  };
}
