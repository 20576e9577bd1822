import type { Container } from "../../../core/container.ts";
import { SoloflowError } from "../../../core/errors.ts";
import { processStart } from "../../../host/process-life.ts";
import { COLOURS, type Colour, colourInstance, otherColour } from "../../../plan/colour.ts";
import { LABEL } from "../../../plan/labels.ts";
import type { Watched } from "../../../plan/watchdog/container-facts.ts";
import type { ActOutcome } from "../../../plan/watchdog/model.ts";
import { chooseRemedy, type RemedyFacts, secondBytes } from "../../../plan/watchdog/remedy.ts";
import { look } from "../../deploy/readiness.ts";
import { flip } from "../../ingress-files.ts";
import type { Intended } from "../memory.ts";
import type { Acting } from "./acting.ts";
import { recreate, restartInPlace, startAgain } from "./in-place.ts";
import { retireSick, serveByOther } from "./other-colour.ts";

type Restart = Extract<Intended, { type: "restart" }>;
type Told = { begins(): void; started(): void };
type Case = { watched: Watched; container: Container };

/** What is left to be done once the service has somebody who serves again. */
export type Acted = { outcome: ActOutcome; rest: (() => Promise<void>) | undefined };

const moot = (why: string): Acted => ({ outcome: { kind: "moot", why }, rest: undefined });

/**
 * Compares and restarts: only the life that the decision saw, and only in the state in which it saw it. Nobody else
 * touches the service meanwhile: the caller holds its lease. `begins` is called right before it is touched: a stop that
 * comes before is a person's; `started` when what it makes runs and is only to become ready. Errors: whatever kept the remedy from working.
 */
export async function restart(
  acting: Acting,
  action: Restart,
  { evidence, begins, started }: Told & { evidence: Promise<unknown> },
): Promise<Acted> {
  const first = await compared(acting, action);
  if ("why" in first) return moot(first.why);
  const facts = await remedyFacts(acting, first);
  const { how, why } = chooseRemedy(facts);
  using _promised = acting.promised.promise(how === "other-colour" ? secondBytes(facts.memory) : 0);
  await evidence;
  acting.chosen(action, how, why);
  // Facts and evidence took their time. What happens between this look and the engine's own call nobody can see.
  const last = await compared(acting, action);
  if ("why" in last) return moot(last.why);
  begins();
  return await apply(acting, last, { how, started }).catch((thrown) => {
    if (!(thrown instanceof SoloflowError) || thrown.code !== "no-other-colour") throw thrown;
    acting.chosen(action, "in-place", `there can be no other colour: ${thrown.message}`);
    return apply(acting, last, { how: "in-place", started });
  });
}

/** The life that the decision saw, as it saw it; or why not. */
async function compared(acting: Acting, action: Restart): Promise<Case | { why: string }> {
  const container = await acting.host.engine.container(action.container);
  const watched = acting.seen(action.instance);
  if (watched === undefined || container === undefined) return { why: "its container is gone" };
  if (acting.began(container) !== action.startedAt) return { why: "it has been started anew" };
  const { state } = container;
  if (state !== watched.facts.state) return { why: `it is ${state} by now` };
  if (state !== "running" && state !== "exited" && state !== "created") return { why: `it is ${state}` };
  if (acting.isStoppedByPerson(action.instance)) return { why: "a person stops it" };
  return { watched, container };
}

async function remedyFacts(acting: Acting, { watched, container }: Case): Promise<RemedyFacts> {
  const { host } = acting;
  const [pressure, stats, standbyReady] = await Promise.all([
    host.machine.pressure(),
    host.engine.stats(container.id).catch(() => undefined),
    isStandbyReady(acting, watched),
  ]);
  const sameSpec = container.labels[LABEL.spec] === watched.unit.hash && !isInterrupted(acting);
  return {
    ...{ strategy: watched.unit.strategy, role: watched.facts.role, state: container.state, standbyReady },
    ...{ orphaned: watched.facts.orphaned, sameSpec, standbyTaken: standbyTaken(acting, watched) },
    memory: {
      availableBytes: pressure.memoryAvailableBytes - acting.promised.total(),
      totalBytes: pressure.memoryTotalBytes,
      inUseBytes: stats?.memoryBytes,
    },
  };
}

function otherOf(acting: Acting, { unit, facts }: Pick<Watched, "unit" | "facts">): Watched | undefined {
  return acting.seen(colourInstance(unit.service, otherColour(colourOf(facts.instance))));
}

/** A deploy that was killed has left its model, of which nobody knows yet whether it works. */
function isInterrupted({ memory }: Acting): boolean {
  const unfinished = memory.attempt(({ operations }) => operations.unfinished());
  return unfinished === undefined || unfinished.some(({ pid }) => processStart(pid) === undefined);
}

/** Why the container of the other colour is not to be replaced; undefined where there is none, or only a dead one. */
function standbyTaken(acting: Acting, { unit, facts }: Watched): string | undefined {
  const other = unit.standby ? otherOf(acting, { unit, facts }) : undefined;
  if (other === undefined) return undefined;
  const { instance, state } = other.facts;
  if (acting.isStoppedByPerson(instance)) return `a person has stopped ${instance}`;
  return state === "exited" || state === "dead" ? undefined : `${instance} is ${state}, and not ready`;
}

async function isStandbyReady(acting: Acting, { unit, facts }: Watched): Promise<boolean> {
  if (!unit.standby || facts.role !== "serving") return false;
  const other = otherOf(acting, { unit, facts });
  if (other?.facts.state !== "running") return false;
  const { host } = acting;
  return (await look(host, unit, other.container, host.clock.now())).good;
}

async function apply(
  acting: Acting,
  { watched, container }: Case,
  { how, started }: Pick<Told, "started"> & { how: How },
): Promise<Acted> {
  const { instance } = watched.facts;
  const done = (id = container.id): Acted => ({
    outcome: { kind: "done", how, container: id },
    rest: undefined,
  });
  switch (how) {
    case "in-place":
      await restartInPlace(acting, container);
      return done();
    case "start":
      await startAgain(acting, container);
      return done();
    case "recreate":
      return done(await recreate(acting, instance));
    case "standby":
      // The sick one is the standby from now on, and is mended as such.
      await flip(acting.host, acting.project, watched.unit.service, otherColour(colourOf(instance)));
      return done(otherOf(acting, watched)?.container.id);
    case "other-colour": {
      const made = await serveByOther(acting, { unit: watched.unit, from: colourOf(instance) }, started);
      // Of a service with a warm standby the sick one becomes that.
      const mend = watched.unit.standby ? restartInPlace : retireSick;
      return { ...done(made.id), rest: () => mend(acting, container) };
    }
    default:
      return how satisfies never;
  }
}

type How = ReturnType<typeof chooseRemedy>["how"];

/** The colour of an instance of a two-colour service. */
export function colourOf(instance: string): Colour {
  return COLOURS.find((colour) => instance.endsWith(`-${colour}`)) ?? "blue";
}
