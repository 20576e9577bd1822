import { reason } from "../../core/errors.ts";
import type { ComposeService } from "../../plan/compose-model.ts";
import { composeUp } from "../../plan/docker.ts";
import { networkParentOf } from "../../plan/follow-parent.ts";
import { LABEL } from "../../plan/labels.ts";
import { INGRESS_NETWORK } from "../../plan/service-spec.ts";
import type { Start } from "../../plan/step.ts";
import { firstLines } from "../first-lines.ts";
import { flip, setAlone } from "../ingress-files.ts";
import { type Done, type DoneStart, type Execution, unitOf } from "./execution.ts";
import { restoreModel } from "./model-file.ts";
import { look } from "./readiness.ts";
import { discard } from "./remove-step.ts";
import { putFilesBack } from "./replaced-files.ts";
import { upTimeoutMs } from "./up-timeout.ts";

/** Takes back what was done. Returns, in words, what could not be put back; empty when all could. */
export async function undoAll(execution: Execution): Promise<string[]> {
  const problems: string[] = [];
  // An ingress that is restored reads its file of before.
  await putFilesBack(execution.host, execution.replaced).catch((thrown) =>
    problems.push(`files in ${execution.project.paths.state}: ${reason(thrown)}`),
  );
  for (const done of inOrder([...execution.done, ...cutOff(execution)])) {
    try {
      const problem = await undo(execution, done);
      if (problem !== undefined) problems.push(problem);
    } catch (thrown) {
      problems.push(`${done.did === "start" ? done.start.service : done.service}: ${reason(thrown)}`);
    }
  }
  return problems;
}

/** What lives in the network of a service that is put back, and was not come to: it joins the new container. */
function cutOff({ done, desired, before }: Execution): DoneStart[] {
  const starts = done.filter((each) => each.did === "start");
  const isDone = (name: string) => starts.some(({ start }) => start.service === name);
  return starts.flatMap(({ start: { service, undo }, at }) =>
    desired.units
      .filter((unit) => undo.kind === "restore" && networkParentOf(unit) === service && !isDone(unit.service))
      .flatMap(({ service: child }): DoneStart[] => {
        const spec = before?.["x-soloflow"].units.find((unit) => unit.service === child)?.hash;
        if (spec === undefined) return [];
        const start = {
          service: child,
          instance: child,
          until: "ready",
          undo: { kind: "restore", spec },
        } as const;
        return [{ did: "start", start, at }];
      }),
  );
}

/**
 * First what is new goes, the last first; then what was there comes back in the order of its dependencies, for an app
 * is not ready before its database is; what had given up its ports gets them when nobody has them any more. A standby
 * answers again when it is there again.
 */
function inOrder(done: readonly Done[]): Done[] {
  const isRestored = (each: Done) => each.did === "start" && each.start.undo.kind === "restore";
  const stopped = done.filter((each) => each.did === "stop");
  const detached = done.filter((each) => each.did === "detach");
  const fresh = done.filter((each) => !["stop", "detach"].includes(each.did) && !isRestored(each));
  return [...fresh.toReversed(), ...done.filter(isRestored), ...stopped.toReversed(), ...detached];
}

async function undo(execution: Execution, done: Done): Promise<string | undefined> {
  if (done.did === "flip") {
    await flip(execution.host, execution.project, done.service, done.from);
    return undefined;
  }
  if (done.did === "detach") {
    await setAlone(execution.host, execution.project, done.service, false);
    return undefined;
  }
  if (done.did === "stop") {
    // One that was made anew meanwhile has been restored under another id.
    const { engine } = execution.host;
    if ((await engine.container(done.container)) !== undefined) await engine.start(done.container);
    return undefined;
  }
  const { start } = done;
  switch (start.undo.kind) {
    case "nothing":
      return undefined;
    case "impossible":
      return (await isUntouched(execution, done)) ? undefined : start.undo.why;
    case "remove":
      await removeInstance(execution, start);
      return undefined;
    case "restore":
      return restore(execution, start, start.undo.spec);
    default:
      return start.undo satisfies never;
  }
}

/** A one-shot that Compose never came to has done nothing. */
async function isUntouched({ host, project }: Execution, { start, at }: DoneStart): Promise<boolean> {
  if (start.until !== "completed") return false;
  const containers = await host.engine.containers([
    `${LABEL.composeProject}=${project.config.project}`,
    `${LABEL.composeService}=${start.instance}`,
  ]);
  return !containers.some(({ startedAt }) => startedAt !== undefined && Date.parse(startedAt) >= at);
}

async function removeInstance(execution: Execution, start: Start): Promise<void> {
  const { host, project } = execution;
  const made = await host.engine.containers([
    `${LABEL.composeProject}=${project.config.project}`,
    `${LABEL.composeService}=${start.instance}`,
  ]);
  for (const container of made) await discard(execution, container);
}

/** Starts a service as it was, and waits for it. */
async function restore(execution: Execution, start: Start, hash: string): Promise<string | undefined> {
  const { exec, project, store, progress } = execution;
  const json = store.specs.get(hash);
  if (json === undefined) return `${start.service}: how it was is not on record`;
  const step = progress.step(`putting ${start.service} back`);
  const { before, desired } = execution;
  const spec = instanceSpec(execution, start, hash, JSON.parse(json) as ComposeService);
  const model = restoreModel(project, { instance: start.instance, spec, before, desired });
  // By standard input: the disk may be full.
  const command = { ...composeUp("-", project.config.project, [start.instance]), stdin: model };
  const outcome = await exec(
    { ...command, cwd: project.paths.state },
    { timeoutMs: upTimeoutMs([spec, unitOf(execution, start.service).spec]) },
  );
  if (outcome.kind !== "ok") {
    step.fail();
    return `${start.service}: ${outcome.kind === "missing" ? "no docker command" : firstLines(outcome.stderr)}`;
  }
  const isReady = await readyAgain(execution, start, hash);
  if (isReady) step.done();
  else step.fail();
  return isReady ? undefined : `${start.service}: the former version is not ready either`;
}

/** What is on record is the service's; a colour has a label and an address of its own, which stay its own. */
function instanceSpec({ desired }: Execution, start: Start, hash: string, recorded: ComposeService) {
  const units = desired.units.filter(({ service }) => service === start.service);
  const instance = units.flatMap(({ instances }) => instances).find(({ name }) => name === start.instance);
  const spec = { ...recorded, labels: { ...recorded.labels, [LABEL.spec]: hash } };
  if (instance?.colour === undefined) return spec;
  const address = instance.spec.networks?.[INGRESS_NETWORK] ?? null;
  return {
    ...spec,
    labels: { ...spec.labels, [LABEL.colour]: instance.colour },
    networks: { ...spec.networks, [INGRESS_NETWORK]: address },
  };
}

/** Looks with the probe that the former version had: the new one may ask for what it never offered. */
async function readyAgain(execution: Execution, start: Start, hash: string): Promise<boolean> {
  const { host, project, before } = execution;
  const former = before?.["x-soloflow"].units.find(({ service }) => service === start.service);
  const unit = former ?? unitOf(execution, start.service);
  const deadline = host.clock.monotonic() + unit.readyWithinMs;
  while (host.clock.monotonic() < deadline) {
    const [container] = await host.engine.containers([
      `${LABEL.composeProject}=${project.config.project}`,
      `${LABEL.composeService}=${start.instance}`,
      `${LABEL.spec}=${hash}`,
    ]);
    if (container?.state === "running" && (await look(host, unit, container, host.clock.now())).good)
      return true;
    await host.clock.sleep(100);
  }
  return false;
}
