import type { Turn } from "./turn.ts";

/** Whether the engine does not answer, or is back for so short a time that it is only watched. */
export function isSettling({ durable, at }: Pick<Turn, "durable" | "at">): boolean {
  return durable.engineDown || at < durable.settledAt;
}
