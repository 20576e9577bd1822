import { expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { EXIT } from "../../../agent/core/errors.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { ReleaseResult } from "../../../agent/host/store/releases.ts";
import { planDeploy } from "../../../agent/plan/deploy.ts";
import { awaitKept } from "../../../agent/run/deploy/await-kept.ts";
import { modelFile, readModel, writeModel } from "../../../agent/run/deploy/model-file.ts";
import { unsettled } from "../../../agent/run/deploy/unsettled.ts";
import {
  containerNamed,
  engineOf,
  executionOf,
  projectOf,
  unitNamed,
} from "../../support/deploy-execution.ts";
import { desiredOf, STACK_TOML, stackModel } from "../../support/desired.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

const desired = desiredOf();
const LONG_RUNNING = ["database", "gateway", "provider", "ingress"];
const running = () => [
  ...["database", "migrate", "ingress"].map((name) => containerNamed(desired, name)),
  ...["gateway", "provider"].map((name) => containerNamed(desired, name, `${name}-blue`)),
];

/** The services that a deploy of `next` would look at after one of `desired` that ended with `result`. */
async function looked(result: ReleaseResult | undefined, next = desired): Promise<string[]> {
  using host = scriptedHost();
  using store = openStore(":memory:");
  const project = projectOf(host);
  mkdirSync(project.paths.state, { recursive: true });
  const chosen = desired.units.map(({ service }) => service);
  await writeModel(host, project, { desired, before: undefined, chosen, containers: [] });
  const release = store.releases.start({ at: 1, cause: "deploy" });
  if (result !== undefined) store.releases.finish(release, { at: 2, result });
  const observed = { containers: running(), flags: {}, specs: {} };
  const plan = planDeploy(next, observed, { only: [], databases: [] });
  expect(plan.steps).toEqual([]);
  return unsettled(store, await readModel(host, project), { desired: next, plan }).map(
    ({ service }) => service,
  );
}

test("after a deploy that was cut off, or not put back, all that runs is looked at; else nothing", async () => {
  expect((await looked(undefined)).sort()).toEqual(LONG_RUNNING.toSorted());
  expect((await looked("degraded")).sort()).toEqual(LONG_RUNNING.toSorted());
  expect(await looked("deployed")).toEqual([]);
  expect(await looked("rolled-back")).toEqual([]);
});

test("a service of which only the readiness or the draining changed is looked at", async () => {
  const within = STACK_TOML.replace('":8080/health"', '":8080/health", within = "7s"');
  expect(await looked("deployed", desiredOf({ toml: within }))).toEqual(["gateway"]);
  const drain = STACK_TOML.replace("[service.provider]", '[service.provider]\ndrain = "1s"');
  expect(await looked("deployed", desiredOf({ toml: drain }))).toEqual(["provider"]);
});

test("what only the watchdog goes by makes nobody wait", async () => {
  const watch = STACK_TOML.replace(
    "[service.provider]",
    'live = { tcp = ":8080" }\n[service.provider]\nwatch = "report"',
  );
  expect(await looked("deployed", desiredOf({ toml: watch }))).toEqual([]);
});

test("a model of an agent that knew no watchdog is read, and its services are not looked at for that", async () => {
  using host = scriptedHost();
  const project = projectOf(host);
  mkdirSync(project.paths.state, { recursive: true });
  const chosen = desired.units.map(({ service }) => service);
  await writeModel(host, project, { desired, before: undefined, chosen, containers: [] });
  const written = JSON.parse((await host.files.readText(modelFile(project))) ?? "");
  delete written["x-soloflow"].watch;
  for (const unit of written["x-soloflow"].units)
    for (const name of ["live", "watch", "standby", "needs", "answerWithinMs"]) delete unit[name];
  await host.files.writeAtomic(modelFile(project), JSON.stringify(written));
  const { units, watch } = (await readModel(host, project))?.["x-soloflow"] ?? {};
  expect(watch).toEqual({ alerts: {}, metrics: {} });
  expect(Object.fromEntries((units ?? []).map((unit) => [unit.service, unit.watch]))).toEqual({
    ...{
      database: "report",
      migrate: "restart",
      gateway: "restart",
      provider: "restart",
      ingress: "restart",
    },
  });
  expect(
    units?.every(
      ({ standby, needs, answerWithinMs }) => !standby && needs.length === 0 && answerWithinMs === 5_000,
    ),
  ).toBe(true);
});

test("a kept service is waited for within its time; one that is not ready is told with exit code 4", async () => {
  for (const code of [0, 1]) {
    using host = scriptedHost({
      engine: { ...engineOf(running()), exec: async () => ({ code, output: "no answer" }) },
    });
    const ended = await awaitKept(executionOf(host, desired), [unitNamed(desired, "database")]).catch(
      (thrown) => thrown,
    );
    if (code === 0) expect(ended).toBeUndefined();
    else {
      expect(ended).toMatchObject({ code: "not-ready", exitCode: EXIT.notRestored });
      expect(ended.message).toContain("no answer");
    }
  }
});

test("a kept service that somebody paused is left alone", async () => {
  using host = scriptedHost({
    engine: engineOf([containerNamed(desired, "database", "database", { state: "paused" })]),
  });
  await awaitKept(executionOf(host, desired), [unitNamed(desired, "database")]);
});

test("a service that is in no compose file any more leaves the model with its container", async () => {
  using host = scriptedHost();
  const project = projectOf(host);
  mkdirSync(project.paths.state, { recursive: true });
  const all = desired.units.map(({ service }) => service);
  await writeModel(host, project, { desired, before: undefined, chosen: all, containers: [] });
  const before = await readModel(host, project);
  const model = stackModel();
  delete (model.services as Record<string, unknown>).database;
  delete model.services.migrate?.depends_on;
  const next = desiredOf({ model });
  const chosen = next.units.map(({ service }) => service);
  const services = async (containers: ReturnType<typeof running>) => {
    await writeModel(host, project, { desired: next, before, chosen, containers });
    return (await readModel(host, project))?.["x-soloflow"].units.map(({ service }) => service);
  };
  expect(await services(running())).toEqual([...chosen, "database"]);
  expect(await services([])).toEqual(chosen);
  expect(existsSync(modelFile(project))).toBe(true);
});
