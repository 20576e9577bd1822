import type { Container } from "../../../core/container.ts";
import { COLOURS, type Colour, colourInstance, otherColour } from "../../../plan/colour.ts";
import type { Watched } from "../../../plan/watchdog/container-facts.ts";
import type { ActOutcome } from "../../../plan/watchdog/model.ts";
import { chooseRemedy, type RemedyFacts } from "../../../plan/watchdog/remedy.ts";
import { look } from "../../deploy/readiness.ts";
import { flip } from "../../ingress-files.ts";
import type { Intended } from "../memory.ts";
import type { Acting } from "./acting.ts";
import { recreate, restartInPlace, startAgain } from "./in-place.ts";
import { retireSick, serveByOther } from "./other-colour.ts";

type Restart = Extract<Intended, { type: "restart" }>;
type Case = { watched: Watched; container: Container };

/** What is left to be done once the service has somebody who serves again. */
export type Acted = { outcome: ActOutcome; rest: (() => Promise<void>) | undefined };

const moot = (why: string): Acted => ({ outcome: { kind: "moot", why }, rest: undefined });

/**
 * Compares and restarts: only the life that the decision saw, and only in the state in which it saw it. Nobody else
 * touches the service meanwhile: the caller holds its lease. Errors: whatever kept the remedy from working.
 */
export async function restart(acting: Acting, action: Restart, evidence: Promise<unknown>): Promise<Acted> {
  const watched = acting.seen(action.instance);
  const container = await acting.host.engine.container(action.container);
  if (watched === undefined || container === undefined) return moot("its container is gone");
  if (acting.began(container) !== action.startedAt) return moot("it has been started anew");
  if (container.state !== watched.facts.state) return moot(`it is ${container.state} by now`);
  if (container.state !== "running" && container.state !== "exited" && container.state !== "created")
    return moot(`it is ${container.state}`);
  const { how, why } = chooseRemedy(await remedyFacts(acting, { watched, container }));
  await evidence;
  acting.chosen(action, how, why);
  return apply(acting, { watched, container }, how);
}

async function remedyFacts(acting: Acting, { watched, container }: Case): Promise<RemedyFacts> {
  const { host } = acting;
  const [pressure, stats, standbyReady] = await Promise.all([
    host.machine.pressure(),
    host.engine.stats(container.id).catch(() => undefined),
    isStandbyReady(acting, watched),
  ]);
  return {
    ...{ strategy: watched.unit.strategy, role: watched.facts.role, state: container.state, standbyReady },
    orphaned: watched.facts.orphaned,
    memory: {
      availableBytes: pressure.memoryAvailableBytes,
      totalBytes: pressure.memoryTotalBytes,
      inUseBytes: stats?.memoryBytes,
    },
  };
}

function otherOf(acting: Acting, { unit, facts }: Pick<Watched, "unit" | "facts">): Watched | undefined {
  return acting.seen(colourInstance(unit.service, otherColour(colourOf(facts.instance))));
}

async function isStandbyReady(acting: Acting, { unit, facts }: Watched): Promise<boolean> {
  if (!unit.standby || facts.role !== "serving") return false;
  const other = otherOf(acting, { unit, facts });
  if (other?.facts.state !== "running") return false;
  const { host } = acting;
  return (await look(host, unit, other.container, host.clock.now())).good;
}

async function apply(acting: Acting, each: Case, how: How): Promise<Acted> {
  const { watched, container } = each;
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
      await recreate(acting, instance);
      return done();
    case "standby":
      // The sick one is the standby from now on, and is mended as such.
      await flip(acting.host, acting.project, watched.unit.service, otherColour(colourOf(instance)));
      return done(otherOf(acting, watched)?.container.id);
    case "other-colour": {
      const made = await serveByOther(acting, { unit: watched.unit, from: colourOf(instance) });
      return { ...done(made.id), rest: () => retireSick(acting, container) };
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
