import type { FaultyEngine } from "./faulty-engine.ts";

/** A minute has so many events in a storm. */
const PER_MINUTE = 10_000;
const TICK_MS = 20;

/**
 * Health that is told of containers that are, and starts and ends of some that never were, at the pace of a storm,
 * until the signal. Resolves with how many there were.
 */
export async function eventStorm(
  engine: FaultyEngine,
  { project, known, signal }: { project: string; known: readonly string[]; signal: AbortSignal },
): Promise<number> {
  const began = performance.now();
  let told = 0;
  while (!signal.aborted) {
    const due = ((performance.now() - began) / 60_000) * PER_MINUTE;
    for (; told < due; told += 1) engine.tell(event(told, project, known));
    await Bun.sleep(TICK_MS);
  }
  return told;
}

function event(number: number, project: string, known: readonly string[]): object {
  const stranger = crypto.randomUUID().replaceAll("-", "").repeat(2);
  const [Action, ID] = [
    ["health_status: healthy", known[number % known.length]],
    ["start", stranger],
    ["die", stranger],
  ][number % 3] as [string, string];
  const Attributes = { "com.docker.compose.project": project, exitCode: "1" };
  return { Type: "container", Action, Actor: { ID, Attributes }, timeNano: Date.now() * 1e6 };
}
