import type { Container } from "../../../core/container.ts";
import { SoloflowError } from "../../../core/errors.ts";
import { composeRecreate } from "../../../plan/docker.ts";
import { composeFault } from "../../compose-fault.ts";
import { modelFile } from "../../deploy/model-file.ts";
import { upTimeoutMs } from "../../deploy/up-timeout.ts";
import type { Acting } from "./acting.ts";
import { containersOf } from "./containers-of.ts";
import { stopGrace } from "./stop-grace.ts";

/** The engine's own limit for a start, beyond the grace. */
const START_MS = 30_000;
const LOOK_MS = 100;

/** The container itself again. One call, whatever becomes of its answer. Errors: SoloflowError. */
export async function restartInPlace(acting: Acting, container: Container): Promise<void> {
  const { seconds } = await stopGrace(acting.host, container);
  await once(acting, container, {
    call: () => acting.host.engine.restart(container.id, seconds),
    withinMs: seconds * 1_000 + START_MS,
  });
}

/** A container that has ended, and that Docker leaves so. */
export async function startAgain(acting: Acting, container: Container): Promise<void> {
  await once(acting, container, {
    call: () => acting.host.engine.start(container.id),
    withinMs: START_MS,
  });
}

/** Makes it anew from the agent's model; gives the new container's id. Errors: SoloflowError. */
export async function recreate(acting: Acting, instance: string): Promise<string> {
  const { exec, project } = acting;
  const spec = acting.model()?.services[instance];
  const command = composeRecreate(modelFile(project), project.name, [instance]);
  const outcome = await exec(command, { timeoutMs: upTimeoutMs([spec]) });
  if (outcome.kind !== "ok")
    throw new SoloflowError("compose", `could not make ${instance} anew: ${composeFault(outcome)}`);
  const [made] = (await containersOf(acting, instance)).filter(({ state }) => state === "running");
  if (made === undefined) throw new SoloflowError("compose", `${instance} was made anew and does not run`);
  return made.id;
}

/**
 * A call that the engine did not answer may still go on inside it: it is never sent again, its effect is waited for.
 */
async function once(
  acting: Acting,
  container: Container,
  { call, withinMs }: { call: () => Promise<void>; withinMs: number },
): Promise<void> {
  try {
    await call();
  } catch (thrown) {
    if (!(thrown instanceof SoloflowError) || thrown.message.startsWith("docker refused")) throw thrown;
    if (!(await startsAnew(acting, container, withinMs))) throw thrown;
  }
}

/** Whether the container runs in a new life within the time. */
export async function startsAnew(
  { host, signal }: Pick<Acting, "host" | "signal">,
  before: Pick<Container, "id" | "startedAt">,
  withinMs: number,
): Promise<boolean> {
  const deadline = host.clock.monotonic() + withinMs;
  while (!signal.aborted && host.clock.monotonic() < deadline) {
    const now = await host.engine.container(before.id).catch(() => undefined);
    if (now?.state === "running" && now.startedAt !== before.startedAt) return true;
    await host.clock.sleep(LOOK_MS, signal);
  }
  return false;
}
