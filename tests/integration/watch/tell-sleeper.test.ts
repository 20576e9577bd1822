import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { ENGINE } from "../../../agent/plan/watchdog/names.ts";
import type { OpenIncident, ServiceRecord } from "../../../agent/plan/watchdog/records.ts";
import { initialState } from "../../../agent/plan/watchdog/state.ts";
import { projectPaths } from "../../../agent/run/project.ts";
import { Memory } from "../../../agent/run/watch/memory.ts";
import { tellSleeper } from "../../../agent/run/watch/tell-sleeper.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

const DAY = 24 * 3_600_000;
const APP = {
  ...{ service: "app", strategy: "replace", hash: "1", instances: [{ name: "app" }], needs: [] },
  ...{ readyWithinMs: 60_000, healthcheck: false, drainMs: 0, watch: "report", standby: false },
  answerWithinMs: 5_000,
};
const MODEL = {
  ...{ networks: {}, volumes: {}, services: { app: {} } },
  "x-soloflow": { units: [APP], watch: { alerts: { command: ["mail"] }, metrics: {} } },
};

test("what follows from an operator's word while no watchdog runs is written down, and waits to be sent", async () => {
  using host = scriptedHost();
  const project = { name: "shop", paths: projectPaths("shop", host) };
  mkdirSync(project.paths.state, { recursive: true });
  writeFileSync(`${project.paths.state}/model.json`, JSON.stringify(MODEL));
  const memory = new Memory(project.paths.database, () => {}, host.clock.boot);
  const at = host.clock.now();
  const away: OpenIncident = {
    ...{ id: 7, since: at - DAY, cause: "the docker engine does not answer", told: "needs-you" as const },
    ...{ outSince: undefined, lostMs: 0, remedy: undefined, would: false },
  };
  memory.store().incidents.open({ id: 7, service: ENGINE, at: away.since, level: "needs-you", cause: "" });
  memory.store().incidents.update(7, { alerts: 1 });
  const { durable, live } = initialState(at);
  const services = {
    [ENGINE]: { ...blank, incident: away },
    app: { ...blank, report: { since: at - 4 * DAY, would: 2, told: false } },
  };
  memory.remember(
    { live, durable: { ...durable, nextId: 8, settledAt: at - 60_000, services } },
    { at, intents: [] },
  );

  await tellSleeper(host, project, ["app"]);

  const { incidents, alerts, events, watch } = memory.store();
  expect(incidents.get(7)).toMatchObject({ closedAt: at, lostMs: 0 });
  const told = alerts.due(Number.MAX_SAFE_INTEGER).map(({ body }) => JSON.stringify(body));
  expect(told).toHaveLength(2);
  expect(told.join()).toContain("the docker engine answers");
  expect(told.join()).toContain("it would have been restarted 2 times");
  // It has looked at nothing.
  expect(events.list({ limit: 10 })).toEqual([]);
  expect(JSON.stringify(watch.read())).toContain('"told":true');
  memory.close();
});

const blank: ServiceRecord = {
  ...{ own: [], docker: [], ooms: [], step: 0, notBefore: 0, lastAct: undefined, made: undefined },
  ...{ stillborn: undefined, circuit: undefined, taken: [], answered: false, incident: undefined },
  report: undefined,
};
