import type { Container } from "../../../core/container.ts";
import type { Intent } from "../../../host/store/watch-record.ts";
import { colourInstance, otherColour } from "../../../plan/colour.ts";
import { LABEL } from "../../../plan/labels.ts";
import { isOneOff } from "../../../plan/observed.ts";
import type { Watched } from "../../../plan/watchdog/container-facts.ts";
import type { ActOutcome } from "../../../plan/watchdog/model.ts";
import type { Intended } from "../memory.ts";
import type { Acting } from "./acting.ts";
import { startsAnew } from "./in-place.ts";
import { retireSick } from "./other-colour.ts";
import { colourOf } from "./restart.ts";

/** The engine's own time for a stop and a start beyond the container's grace. */
const MARGIN_MS = 10_000;
/** Of the newest intents. A container that an older one left behind was seen by a deploy, or a person, since. */
const RECENT = 20;
const UNFINISHED = "the agent was killed over it";

/**
 * How that ended which a killed agent had begun: by what is there now. A call of its may still go on inside the
 * engine; as long as that can be, its effect is waited for, so that nothing is restarted twice. No call outlives the
 * machine: after a power cut there is nothing to wait for.
 */
export async function settle(
  acting: Acting,
  intent: Intent,
  serving: Watched | undefined,
): Promise<ActOutcome> {
  const action = intent.detail as Intended;
  const { host, began } = acting;
  const now = serving?.container;
  const isServedBy = serving?.facts.instance === action.instance;
  // A flip names who is to serve, a restart who served.
  if (action.type === "flip")
    return isServedBy && now !== undefined
      ? { kind: "done", how: "standby", container: now.id }
      : { kind: "failed", why: UNFINISHED };
  const remedy = acting.memory.attempt((store) => store.incidents.get(action.incident)?.remedy ?? "");
  if (now !== undefined && !isServedBy && (remedy === "other-colour" || remedy === "standby"))
    return { kind: "done", how: remedy, container: now.id };
  const container = await host.engine.container(action.container).catch(() => undefined);
  if (container === undefined && remedy === "recreate" && isServedBy && now?.state === "running")
    return { kind: "done", how: remedy, container: now.id };
  if (container === undefined) return { kind: "moot", why: "its container is gone" };
  const done: ActOutcome = { kind: "done", how: "in-place", container: container.id };
  if (began(container) !== action.startedAt) return done;
  // It is written down before anything is begun.
  if (remedy === "") return { kind: "moot", why: "the agent was killed before it" };
  // Every other remedy leaves the sick one alone until somebody else serves.
  if (remedy !== "in-place") return { kind: "failed", why: UNFINISHED };
  const remainingMs = intent.at + container.graceSeconds * 1_000 + MARGIN_MS - acting.at();
  const upMs = host.clock.boot()?.ms ?? Number.POSITIVE_INFINITY;
  const isOfThisBoot = acting.at() - upMs <= intent.at;
  if (isOfThisBoot && remainingMs > 0 && (await startsAnew(acting, container, remainingMs))) return done;
  return { kind: "failed", why: UNFINISHED };
}

/**
 * Restarts that had come to their good end when the agent was killed, but for the sick container, which is still
 * there beside the one that serves by now.
 */
export function unretired({ memory, containers, serving }: Acting): Intended[] {
  const there = new Set(containers().map(({ id }) => id));
  const recent = memory.attempt((store) => store.watch.intents(RECENT)) ?? [];
  return recent.flatMap(({ detail, outcome }) => {
    const action = detail as Intended;
    const { kind, how } = (outcome ?? {}) as { kind?: string; how?: string };
    const isLeft = there.has(action.container) && serving(action.service)?.container.id !== action.container;
    return kind === "done" && how === "other-colour" && isLeft ? [action] : [];
  });
}

/** Removes the colour that a killed agent left beside the one that serves. The caller holds the service's lease. */
export async function clearLeftOver(acting: Acting, serving: Watched): Promise<void> {
  const { unit, facts } = serving;
  if (unit.strategy !== "overlap" || unit.standby || facts.state !== "running") return;
  const instance = colourInstance(unit.service, otherColour(colourOf(facts.instance)));
  const left = acting.containers().filter((container) => isOf(container, instance));
  for (const container of left) await retireSick(acting, container);
}

function isOf(container: Container, instance: string): boolean {
  return container.labels[LABEL.composeService] === instance && !isOneOff(container);
}
