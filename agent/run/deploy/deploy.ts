import { EXIT, reason } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { ALL_SERVICES } from "../../host/store/leases.ts";
import { addresses } from "../../plan/addresses.ts";
import { renderPlan } from "../../plan/render.ts";
import type { BuiltImage } from "../build/built-image.ts";
import { pullImages } from "../build/pull-images.ts";
import { buildImages } from "../build.ts";
import { refuseFaults } from "../check/refuse-faults.ts";
import { saveLayout } from "../layout.ts";
import { type Operation, withOperation } from "../operation.ts";
import type { Project } from "../project.ts";
import { settleBefore } from "../rotate/settle-before.ts";
import { deliverSecrets, previewSecrets } from "../secrets/deliver-secrets.ts";
import { ensureSecrets } from "../secrets/ensure-secrets.ts";
import { secretsState } from "../secrets/secrets-state.ts";
import { dataExists } from "./data-exists.ts";
import { type DeployDocument, type DeployResult, documentServices } from "./deploy-result.ts";
import type { Execution } from "./execution.ts";
import { lookAtLive, unaskedLive } from "./live-look.ts";
import { readModel, writeModel } from "./model-file.ts";
import { pruneSecrets } from "./prune-secrets.ts";
import { finishRelease, startRelease } from "./record.ts";
import { rollOut } from "./roll-out.ts";
import {
  type Facts,
  factsAfterBuild,
  type Planned,
  planFrom,
  pullsOf,
  readFacts,
  receivers,
} from "./survey.ts";
import { touchedServices } from "./touched-services.ts";
import { unsettled } from "./unsettled.ts";
import { usualTimes } from "./usual-times.ts";

export type DeployOptions = {
  /** Services to deploy; empty means all. */
  only: readonly string[];
  waitMs: number;
  progress: Progress;
  signal: AbortSignal;
};

/** One deploy under way. */
type Deploy = DeployOptions & Operation & { host: Host; project: Project; startedAt: number };

/**
 * Brings the project to what its files say. Everything that can fail without touching a container comes first.
 * Errors before that point are thrown; a deploy that was put back is a result with its `failure`.
 */
export async function deploy(host: Host, project: Project, options: DeployOptions): Promise<DeployResult> {
  const startedAt = host.clock.monotonic();
  return withOperation(host, project, { kind: "deploy", ...options }, async (operation) => {
    const run: Deploy = { ...options, ...operation, host, project, startedAt };
    await settleBefore({ host, project, operation, ...options }, "deploy");
    const facts = await readFacts(host, project, run.store, options.only);
    return (await unchanged(run, facts)) ?? run.journal((log) => change(run, facts, log));
  });
}

/** The answer when there is nothing to do, else undefined. Starts no process; files that are gone are written again. */
async function unchanged(run: Deploy, facts: Facts): Promise<DeployResult | undefined> {
  const { host, project, only } = run;
  if (facts.images.some((image) => image.action === "build") || pullsOf(facts).length > 0) return undefined;
  const { secrets: known } = await secretsState(host, project);
  if (known.some((secret) => secret.stored === undefined && !secret.optional)) return undefined;
  const { delivered, present } = await previewSecrets(host, project, receivers(project, facts));
  const planned = planFrom(project, facts, delivered, only);
  const before = await readModel(host, project);
  if (planned.plan.steps.length > 0 || unsettled(run.store, before, planned).length > 0) return undefined;
  if (!present) await deliverSecrets(host, project, receivers(project, facts));
  await writeModel(host, project, { ...modelOf(facts, planned), before });
  await lookAtLive(run, unaskedLive(planned, before, new Set()));
  const release = run.store.releases.current()?.id ?? null;
  return result(run, facts, planned, { result: "unchanged", release, built: [], ready: new Map() });
}

/** From what can fail without harm to what is put back when it fails. */
async function change(run: Deploy, facts: Facts, log: Execution["log"]): Promise<DeployResult> {
  const { host, project, progress, store } = run;
  const built = await checkAndBuild(run, facts);
  const lease = await run.lease([ALL_SERVICES]);
  const fresh = await factsAfterBuild(host, project, store, facts, built);
  // Once a release runs, the agent knows every value in effect; a store that is gone knows none.
  const isKnown =
    store.releases.current() !== undefined && (await secretsState(host, project)).storeVersion !== undefined;
  const hasData = !isKnown && (await dataExists(host, fresh.model));
  await ensureSecrets(host, project, { dataExists: hasData }, progress);
  const secrets = await deliverSecrets(host, project, receivers(project, fresh));
  const planned = planFrom(project, fresh, secrets, run.only);
  lease.narrow(touchedServices(planned.plan.steps));
  progress.say(renderPlan(planned.plan, usualTimes(store, planned.desired)));
  return apply(run, fresh, { ...planned, built, log });
}

/**
 * Before a first deploy everything is checked before anything is built. A stack that runs was good once: it is checked
 * while its images are built, and a fault ends the build.
 */
async function checkAndBuild(run: Deploy, facts: Facts): Promise<BuiltImage[]> {
  const check = () => refuseFaults(run.host, run.project, run.progress);
  if (run.store.releases.current() === undefined) {
    await check();
    return makeImages(run, facts);
  }
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const checked = check().catch((fault) => {
    stop.abort();
    throw fault;
  });
  const [verdict, images] = await Promise.allSettled([checked, makeImages({ ...run, signal }, facts)]);
  if (verdict.status === "rejected") throw verdict.reason;
  if (images.status === "rejected") throw images.reason;
  return images.value;
}

async function makeImages(run: Deploy, facts: Facts): Promise<BuiltImage[]> {
  const { host, project, exec, progress, signal, store } = run;
  await pullImages({ host, exec, project, progress, signal }, pullsOf(facts));
  return buildImages(host, project, facts.images, progress, { exec, signal, history: store.builds });
}

async function apply(
  run: Deploy,
  facts: Facts,
  made: Planned & { built: BuiltImage[]; log: Execution["log"] },
): Promise<DeployResult> {
  const { host, project } = run;
  const { desired, plan, built } = made;
  const execution: Execution = {
    ...{ host, project, desired, log: made.log, exec: run.exec, store: run.store, progress: run.progress },
    ...{ signal: run.signal, before: await readModel(host, project), done: [], replaced: [] },
    readyAfterMs: new Map(),
  };
  const kept = unsettled(run.store, execution.before, made);
  const { containers } = facts.observed;
  const { begun: release, failure } = await rollOut(execution, { plan, containers, kept }, async () => {
    await saveLayout(host, project, facts.layout);
    return startRelease(execution, plan);
  });
  const word =
    failure === undefined ? "deployed" : failure.exitCode === EXIT.restored ? "rolled-back" : "degraded";
  await finish(execution, release, { plan, result: word, built });
  const ready = execution.readyAfterMs;
  if (failure === undefined)
    await lookAtLive(run, unaskedLive(made, execution.before, new Set(ready.keys())));
  return { ...result(run, facts, made, { result: word, release, built, ready }), failure };
}

function modelOf({ observed }: Facts, { desired, plan }: Planned) {
  const chosen = plan.services.map((service) => service.service);
  return { desired, chosen, containers: observed.containers };
}

/** What was done is done: that it cannot be recorded, on a full disk for instance, does not make it fail. */
async function finish(
  execution: Execution,
  release: string,
  end: Omit<Parameters<typeof finishRelease>[2], "secretsVersion">,
): Promise<void> {
  const { host, project, progress } = execution;
  try {
    const secretsVersion = (await secretsState(host, project)).storeVersion;
    await finishRelease(execution, release, { ...end, secretsVersion });
    const known = { name: project.config.project, paths: project.paths };
    await pruneSecrets(host, known, await readModel(host, project));
  } catch (thrown) {
    progress.warn(`${release} is not wholly recorded: ${reason(thrown)}`);
  }
}

function result(
  run: Deploy,
  facts: Facts,
  { plan }: Planned,
  made: Pick<DeployDocument, "result" | "release"> & {
    built: readonly BuiltImage[];
    ready: ReadonlyMap<string, number>;
  },
): DeployResult {
  const document: DeployDocument = {
    ...{ result: made.result, release: made.release },
    durationMs: Math.round(run.host.clock.monotonic() - run.startedAt),
    services: documentServices(plan, made.built, made.ready, run.store.readiness),
  };
  return { document, addresses: addresses(run.project.config, facts.model), failure: undefined };
}
