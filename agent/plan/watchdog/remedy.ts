import type { ContainerState } from "../../core/container.ts";
import { formatMemory } from "../../core/size.ts";
import type { Strategy } from "../strategy.ts";
import type { Remedy, Target } from "./model.ts";

/** What is known just before a restart. */
export type RemedyFacts = {
  strategy: Strategy;
  role: Target["role"];
  state: ContainerState;
  /** Its network is that of a container that has gone or been made anew. */
  orphaned: boolean;
  /** Whether the other colour runs and has just given a good answer. */
  standbyReady: boolean;
  /** Whether the container is of the version of the last deploy, and that deploy has ended. */
  sameSpec: boolean;
  /** Why the container of the other colour is not to be replaced; undefined: there is none, or only a dead one. */
  standbyTaken: string | undefined;
  memory: {
    availableBytes: number;
    totalBytes: number;
    /** What the sick container uses now; undefined where the engine does not say. */
    inUseBytes: number | undefined;
  };
};

/** A second container takes about what the first has, and something over while it starts. */
const GROWTH = 1.5;
/** The least that any app is taken to need. */
const SMALLEST_BYTES = 64 * 1024 * 1024;
/** Share of the machine that stays free for everything else. */
const SPARE = 0.05;

const UNPROVEN = "a deploy of another version did not come to its end; soloflow-agent deploy ends it";

/** How a service is brought back, and in words why so. */
export function chooseRemedy(facts: RemedyFacts): { how: Remedy; why: string } {
  const serves = facts.strategy === "overlap" && facts.role === "serving";
  if (serves && facts.standbyReady) return { how: "standby", why: "the other colour is ready" };
  if (facts.orphaned && facts.sameSpec)
    return { how: "recreate", why: "its network belongs to a container that is no more" };
  if (facts.state !== "running") return { how: "start", why: `it is ${facts.state}` };
  if (facts.role === "standby") return { how: "in-place", why: "the other colour serves" };
  if (facts.orphaned || (serves && !facts.sameSpec)) return { how: "in-place", why: UNPROVEN };
  if (!serves) return { how: "in-place", why: "it has no other colour" };
  if (facts.standbyTaken !== undefined) return { how: "in-place", why: facts.standbyTaken };
  const lacking = memoryLack(facts.memory);
  return lacking === undefined
    ? { how: "other-colour", why: "there is memory for both colours" }
    : { how: "in-place", why: lacking };
}

/** What a second container is taken to need, where the sick one uses so much. */
export function secondBytes({ inUseBytes = 0 }: Pick<RemedyFacts["memory"], "inUseBytes">): number {
  return Math.max(inUseBytes * GROWTH, SMALLEST_BYTES);
}

function memoryLack({ availableBytes, totalBytes, inUseBytes }: RemedyFacts["memory"]): string | undefined {
  if (inUseBytes === undefined) return "how much memory it uses is not known";
  const needed = secondBytes({ inUseBytes }) + totalBytes * SPARE;
  if (availableBytes >= needed) return undefined;
  return `a second colour needs ${formatMemory(needed)} of memory, ${formatMemory(availableBytes)} are free`;
}
