import type { WatchState } from "../../plan/watchdog/state.ts";
import type { Memory } from "./memory.ts";

/** More than are ever open at once: one a service, and those of the engine and the machine. */
const MOST = 1_000;

/**
 * Makes the list of incidents agree with the state that was stored: an agent that is killed has written the state
 * first, and may not have come to write down that one had begun, or was over. `at`: the steady clock.
 */
export function agreeIncidents(memory: Memory, { durable }: WatchState, at: number): void {
  if (memory.fault !== undefined) return;
  memory.attempt(({ incidents }) => {
    const known = new Set<number>();
    for (const [service, { incident }] of Object.entries(durable.services)) {
      if (incident === undefined) continue;
      const { id, since, cause, told: level = "healed" } = incident;
      known.add(id);
      incidents.open({ id, service, at: since, level, cause });
    }
    for (const { id } of incidents.list(MOST, { open: true }))
      if (!known.has(id)) incidents.close(id, { at });
  });
}
