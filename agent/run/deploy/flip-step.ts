import { SoloflowError } from "../../core/errors.ts";
import { type Colour, colourInstance, otherColour } from "../../plan/colour.ts";
import { LABEL } from "../../plan/labels.ts";
import { flip } from "../ingress-files.ts";
import { type Execution, unitOf } from "./execution.ts";
import { look } from "./readiness.ts";

/**
 * Makes a colour serve. One that this deploy started is looked at once more: it may have died while others started.
 * Errors: SoloflowError "not-ready".
 */
export async function flipStep(execution: Execution, service: string, to: Colour): Promise<void> {
  const { host, project, progress, done } = execution;
  const instance = colourInstance(service, to);
  if (done.some((each) => each.did === "start" && each.start.instance === instance))
    await refuseGone(execution, service, instance);
  done.push({ did: "flip", service, from: otherColour(to) });
  await flip(host, project, service, to);
  progress.say(`  ${instance} serves`);
}

async function refuseGone(execution: Execution, service: string, instance: string): Promise<void> {
  const { host, project } = execution;
  const [container] = await host.engine.containers([
    `${LABEL.composeProject}=${project.config.project}`,
    `${LABEL.composeService}=${instance}`,
  ]);
  const state = container?.state ?? "gone";
  if (container === undefined || state !== "running") {
    throw new SoloflowError("not-ready", `${instance} was ready and is ${state} before its first request`, {
      hint: `its last lines are kept in ${project.paths.state}/logs; mend it and deploy again`,
    });
  }
  const { good, detail } = await look(host, unitOf(execution, service), container, host.clock.now());
  if (!good) throw new SoloflowError("not-ready", `${instance} was ready and is no more: ${detail}`);
}
