import type { Condition, Watched } from "./live.ts";
import type { ContainerFacts } from "./model.ts";
import { isLife, lifeOf, type Turn } from "./turn.ts";

/** What is thought of a container after a list: in the same life as before, unless it runs no more or runs anew. */
export function listed(turn: Turn, before: Watched | undefined, facts: ContainerFacts): Watched {
  const orphanedSince = facts.orphaned ? (before?.orphanedSince ?? turn.at) : undefined;
  const idle = idleCondition(turn, facts);
  const same = before !== undefined && isLife(before.facts, facts);
  if (same && idle === undefined && isAwake(before.condition)) return { ...before, facts, orphanedSince };
  if (same && idle?.condition === before.condition) return { ...before, facts, orphanedSince };
  if (idle !== undefined) return { ...blank(turn, facts), ...idle, orphanedSince };
  const awake = lifeOf(turn, facts.instance)?.ready === true;
  const fresh = { ...blank(turn, facts), orphanedSince };
  return awake ? { ...fresh, condition: "ready", cause: "it was ready", readySince: turn.at } : fresh;
}

function isAwake(condition: Condition): boolean {
  return condition !== "reviving" && condition !== "down" && condition !== "stopped";
}

function idleCondition(
  turn: Turn,
  facts: ContainerFacts,
): { condition: Condition; cause: string } | undefined {
  const person = lifeOf(turn, facts.instance)?.person;
  switch (facts.state) {
    case "running":
      return undefined;
    case "restarting":
      return { condition: "reviving", cause: "docker starts it again" };
    case "paused":
      return { condition: "stopped", cause: "a person has paused it" };
    case "created":
    case "removing":
      return { condition: "stopped", cause: `it is ${facts.state}` };
    case "exited":
    case "dead":
      return person === undefined && !isReturning(turn, facts)
        ? { condition: "down", cause: endOf(facts) }
        : {
            condition: "stopped",
            cause: person === undefined ? "the engine is coming back" : "a person has stopped it",
          };
  }
}

/** While the engine settles Docker may still start what it always starts. */
function isReturning(turn: Turn, { dockerRestarts }: ContainerFacts): boolean {
  return dockerRestarts && turn.at < turn.durable.settledAt;
}

/** How its last life ended, in words. */
export function endOf({ exitCode, oomKilled, startError = "" }: ContainerFacts): string {
  if (startError !== "") return `docker could not start it: ${startError}`;
  return oomKilled ? "it was killed: out of memory" : `it ended with exit code ${exitCode}`;
}

function blank({ at }: Turn, facts: ContainerFacts): Watched {
  return {
    ...{ facts, condition: "starting", cause: "it starts", since: at, failures: 0, goods: 0, strange: 0 },
    ...{ silentSince: undefined, goodSince: undefined, lastGoodAt: undefined, evidenceAt: undefined },
    ...{ readySince: undefined, lookedFrom: at, asked: false, askNow: false, orphanedSince: undefined },
  };
}
