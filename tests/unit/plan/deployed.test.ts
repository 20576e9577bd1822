import { describe, expect, test } from "bun:test";
import { deployedUnit, revivedUnit, settledUnit } from "../../../agent/plan/deployed.ts";
import { policyOf } from "../../../agent/plan/watchdog/policy-of.ts";
import { settingChanges } from "../../../agent/plan/watchdog/setting-changes.ts";
import { watchSettings } from "../../../agent/plan/watchdog/settings.ts";
import { configOf, desiredOf, STACK_TOML, stackModel } from "../../support/desired.ts";

const LIVE = STACK_TOML.replace("[service.provider]", 'live = { tcp = ":8080" }\n[service.provider]');

const deployed = (toml = STACK_TOML) =>
  Object.fromEntries(desiredOf({ toml }).units.map((unit) => [unit.service, deployedUnit(unit)]));

describe("what is watched", () => {
  test("what holds data of its own and administrators' pages are reported, the ingress and the rest restarted", () => {
    const pages = { image: "dpage/pgadmin4" };
    const cache = { image: "x", volumes: [{ type: "bind", source: "/srv", target: "/srv" }] };
    const model = { ...stackModel(), services: { ...stackModel().services, pages, cache } };
    const units = desiredOf({ model }).units.map(deployedUnit);
    expect(Object.fromEntries(units.map(({ service, watch }) => [service, watch]))).toEqual({
      ...{ database: "report", pages: "report", cache: "restart", migrate: "restart" },
      ...{ gateway: "restart", provider: "restart", ingress: "restart" },
    });
  });

  test("PostgreSQL is reported wherever its data lie, and what soloflow.toml says holds", () => {
    const secret = '[secret.DB]\nkind = "database"\nfor = ["gateway"]\nservice = "provider"\n';
    expect(deployed(`${STACK_TOML}${secret}`).provider?.watch).toBe("report");
    const said = STACK_TOML.replace("[service.database]", '[service.database]\nwatch = "restart"');
    expect(deployed(said).database?.watch).toBe("restart");
  });

  test("behind a one-shot stands what that needed; the ingress works without what it leads to", () => {
    const { gateway, ingress, database } = deployed();
    expect(gateway?.needs).toEqual(["migrate", "database"]);
    expect([database?.needs, ingress?.needs]).toEqual([[], []]);
  });

  test("a setting of the watchdog is none that a service must be seen ready with", () => {
    const settled = (toml: string) => desiredOf({ toml }).units.map(settledUnit);
    expect(settled(LIVE)).toEqual(settled(STACK_TOML));
    expect(settled(STACK_TOML.replace("/health", "/other"))).not.toEqual(settled(STACK_TOML));
  });
});

test("a model that was written before the watchdog was has what its services have by default", () => {
  const { watch: _, standby: __, needs: ___, answerWithinMs: ____, ...old } = deployed().database ?? never();
  const services = { database: stackModel().services.database ?? {} };
  expect(revivedUnit(old, services)).toMatchObject({
    ...{ watch: "report", standby: false, needs: [], answerWithinMs: 5_000, live: undefined },
  });
});

describe("the watchdog's policy", () => {
  const units = Object.values(deployed(LIVE));

  test("has each service but one-shots, and needs only what is watched", () => {
    const { services } = policyOf(watchSettings(configOf(LIVE)), units, { gateway: { p50Ms: 1, p95Ms: 2 } });
    expect(Object.keys(services).sort()).toEqual(["database", "gateway", "ingress", "provider"]);
    expect(services.gateway).toEqual({
      ...{ hasLive: true, standby: false, probe: '{"tcp":":8080"}' },
      ...{ mode: "restart", needs: ["database"], probed: true, usual: { p50Ms: 1, p95Ms: 2 } },
    });
  });

  test("keeps the defaults of what is not set, inside tables too", () => {
    const toml = `${LIVE}[watchdog]\nevery = "3s"\njitter = 50\ndeadline = { max = "10m" }\ndisk = { warn = 20 }\n`;
    const policy = policyOf(watchSettings(configOf(toml)), units, {});
    expect(policy).toMatchObject({
      ...{ everyMs: 3_000, suspectEveryMs: 500, jitter: 0.5, fail: 3 },
      ...{ deadline: { factor: 3, minMs: 30_000, maxMs: 600_000 }, disk: { warn: 0.2, page: 0.05 } },
    });
  });

  test("survives being written as JSON", () => {
    const toml = `${LIVE}[watchdog]\ncircuit = [{ restarts = 2, within = "1m" }]\n[metrics]\nlisten = "localhost:1"\n`;
    const settings = watchSettings(configOf(toml));
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
    expect(settings).toEqual({
      ...{ circuit: [{ restarts: 2, withinMs: 60_000 }], alerts: {}, metrics: { listen: "localhost:1" } },
    });
  });
});

test("the settings that the watchdog gets with the next deploy are named; none where none changed", () => {
  const changes = (before: string, next: string) => {
    const of = (toml: string) => ({ units: desiredOf({ toml }).units, watch: watchSettings(configOf(toml)) });
    const { units, watch } = of(before);
    return settingChanges({ units: units.map(deployedUnit), watch }, of(next));
  };
  expect(changes(LIVE, LIVE)).toEqual([]);
  const next = `${LIVE.replace("[service.database]", '[service.database]\nwatch = "restart"')}[watchdog]\nfail = 4\n`;
  expect(changes(STACK_TOML, next)).toEqual(["database.watch", "fail", "gateway.live"]);
  expect(changes(next, LIVE)).toEqual(["database.watch", "fail"]);
  expect(
    settingChanges(undefined, { units: desiredOf().units, watch: watchSettings(configOf(LIVE)) }),
  ).toEqual([]);
});

function never(): never {
  throw new Error("the stack has a database");
}
