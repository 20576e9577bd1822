import type { Container } from "../../../core/container.ts";
import { reason, SoloflowError } from "../../../core/errors.ts";
import { type Colour, colourInstance, otherColour } from "../../../plan/colour.ts";
import type { DeployedUnit } from "../../../plan/deployed.ts";
import { composeUp } from "../../../plan/docker.ts";
import { composeFault } from "../../compose-fault.ts";
import { awaitStart } from "../../deploy/await-start.ts";
import { modelFile } from "../../deploy/model-file.ts";
import { discard } from "../../deploy/remove-step.ts";
import { upTimeoutMs } from "../../deploy/up-timeout.ts";
import { flip } from "../../ingress-files.ts";
import type { Acting } from "./acting.ts";
import { containersOf } from "./containers-of.ts";
import { stopGrace } from "./stop-grace.ts";

export type Colours = { unit: DeployedUnit; from: Colour };

/**
 * Makes the other colour ready and lets it serve. Where that fails it is removed again, and the sick one stays as it
 * is. `started` is called when its container runs. Errors: SoloflowError "not-ready" (the app's own fault), "cancelled", "no-other-colour" for what it is not to
 * blame for: Compose, or a flag that cannot be written on a full disk.
 */
export async function serveByOther(
  acting: Acting,
  { unit, from }: Colours,
  started: () => void,
): Promise<Container> {
  const { host, project, progress, signal } = acting;
  const to = otherColour(from);
  const instance = colourInstance(unit.service, to);
  await clear(acting, instance);
  const up = { done: false };
  const start = { service: unit.service, instance, until: "ready", undo: { kind: "remove" } } as const;
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const composing = compose(acting, instance).then(
    () => {
      up.done = true;
      started();
    },
    (thrown) => {
      failed.abort();
      throw thrown;
    },
  );
  const awaiting = awaitStart(host, project.name, { unit, start, up, signal: either });
  const [composed, awaited] = await Promise.allSettled([composing, awaiting]);
  if (signal.aborted) throw new SoloflowError("cancelled", "the agent was told to end");
  if (composed.status === "rejected") return giveUp(acting, instance, blameless(composed.reason));
  if (awaited.status === "rejected") throw awaited.reason;
  if (awaited.value.kind === "failed")
    return giveUp(acting, instance, new SoloflowError("not-ready", `${instance}: ${awaited.value.why}`));
  await flip(host, project, unit.service, to).catch((thrown) => giveUp(acting, instance, blameless(thrown)));
  progress.say(`${instance} serves`);
  return awaited.value.container;
}

async function giveUp(acting: Acting, instance: string, why: SoloflowError): Promise<never> {
  await clear(acting, instance);
  throw why;
}

const blameless = (thrown: unknown) =>
  new SoloflowError("no-other-colour", reason(thrown), { cause: thrown });

async function compose({ exec, project, model }: Acting, instance: string): Promise<void> {
  const outcome = await exec(composeUp(modelFile(project), project.name, [instance]), {
    timeoutMs: upTimeoutMs([model()?.services[instance]]),
  });
  if (outcome.kind === "ok") return;
  throw new SoloflowError("compose", composeFault(outcome));
}

/** Removes what is left of a colour that does not serve. */
async function clear({ host, project, progress }: Acting, instance: string): Promise<void> {
  for (const container of await containersOf({ host, project }, instance))
    await discard({ host, project, progress }, container);
}

/** Stops what served before and removes it; its last lines are kept. A process that cannot answer is not waited for. */
export async function retireSick({ host, project, progress }: Acting, container: Container): Promise<void> {
  const { seconds } = await stopGrace(host, container);
  await host.engine.stop(container.id, seconds);
  await discard({ host, project, progress }, container);
}
