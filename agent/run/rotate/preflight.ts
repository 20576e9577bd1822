import type { Container } from "../../core/container.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { ProbeResult } from "../../core/probe-result.ts";
import { reach } from "../../core/reach.ts";
import type { Host } from "../../host/host.ts";
import { appliedDesired } from "../../plan/applied.ts";
import { LABEL } from "../../plan/labels.ts";
import { isOneOff } from "../../plan/observed.ts";
import { look } from "../deploy/readiness.ts";
import { type Applied, readApplied } from "./applied-model.ts";
import { knownOf, type Rotating } from "./rotating.ts";

/** As many failed probes as the watchdog takes for a sickness; one may be a machine that is busy for a moment. */
const LOOKS = 3;
const PAUSE_MS = 500;

/**
 * All services that a rotation changes, and those that they need, must be ready before it begins: who is sick now could
 * not be told from who does not take the new values, and a rollout starts what is needed and was stopped. Errors: SoloflowError "not-ready" with each that is not, "state" (see `appliedDesired`).
 */
export async function preflight(
  rotating: Pick<Rotating, "host" | "project" | "store">,
  services: readonly string[],
): Promise<void> {
  const { model, specOf } = await readApplied(rotating.host, knownOf(rotating), rotating.store);
  // What an older agent did not write down is missed now, and not halfway.
  appliedDesired(rotating.project.config.project, model, specOf, {});
  const { units } = model["x-soloflow"];
  const wanted = reach(services, (name) => units.find(({ service }) => service === name)?.needs ?? []);
  const asked = units.filter(({ service, strategy }) => wanted.has(service) && strategy !== "once");
  const faults = (await Promise.all(asked.map((unit) => faultOf(rotating, unit)))).flat();
  if (faults.length === 0) return;
  throw new SoloflowError(
    "not-ready",
    `nothing is rotated while a service is not ready: ${faults.join("; ")}`,
    {
      hint: "soloflow-agent status shows what runs; soloflow-agent deploy puts it right",
    },
  );
}

type Unit = Applied["model"]["x-soloflow"]["units"][number];

async function faultOf({ host, project }: Pick<Rotating, "host" | "project">, unit: Unit): Promise<string[]> {
  const containers = await host.engine.containers([
    `${LABEL.composeProject}=${project.config.project}`,
    `${LABEL.spec}=${unit.hash}`,
  ]);
  const running = containers.filter((each) => each.state === "running" && !isOneOff(each));
  if (running.length === 0) return [`${unit.service} does not run as it was deployed`];
  const looks = running.map((container) => looked(host, unit, container));
  const bad = (await Promise.all(looks)).find(({ good }) => !good);
  return bad === undefined ? [] : [`${unit.service}: ${bad.detail}`];
}

async function looked(host: Host, unit: Unit, container: Container): Promise<ProbeResult> {
  for (let looks = 1; ; looks += 1) {
    const result = await look(host, unit, container, host.clock.now());
    if (result.good || looks === LOOKS) return result;
    await host.clock.sleep(PAUSE_MS);
  }
}
