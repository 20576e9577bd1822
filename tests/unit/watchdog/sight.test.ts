import { describe, expect, test } from "bun:test";
import type { Container, ContainerSummary } from "../../../agent/core/container.ts";
import { deployedUnit } from "../../../agent/plan/deployed.ts";
import { type FactsInput, watchedContainers } from "../../../agent/plan/watchdog/container-facts.ts";
import { logSignature } from "../../../agent/plan/watchdog/log-signature.ts";
import { probesOf } from "../../../agent/plan/watchdog/probes-of.ts";
import { contradicts } from "../../../agent/plan/watchdog/summary.ts";
import { verdictOf } from "../../../agent/plan/watchdog/verdict.ts";
import { containerOf, desiredOf } from "../../support/desired.ts";

const desired = desiredOf();
const units = desired.units.map(deployedUnit);
const NOW = Date.parse("2026-01-02T03:04:05Z");

function container(service: string, name: string, overrides: Partial<Container> = {}): Container {
  const unit = desired.units.find((each) => each.service === service);
  const instance = unit?.instances.find((each) => each.name === name);
  if (unit === undefined || instance === undefined) throw new Error(`no ${name}`);
  return containerOf(unit, instance, overrides);
}

const watched = (containers: Container[], change: Partial<FactsInput> = {}) =>
  watchedContainers({
    ...{ units, joined: new Set(), observed: { containers, flags: {} }, deaths: new Map() },
    healthSilence: () => 0,
    ...{ began: ({ startedAt }) => Date.parse(startedAt ?? ""), secrets: () => undefined },
    ...change,
  }).map(({ facts }) => facts);

describe("which containers are watched", () => {
  const both = [container("gateway", "gateway-blue"), container("gateway", "gateway-green")];

  test("of two colours the one that the flag file names, not the one whose name comes first", () => {
    expect(watched(both).map(({ instance }) => instance)).toEqual(["gateway-blue"]);
    const flags = { gateway: "green" } as const;
    expect(watched(both, { observed: { containers: both, flags } }).map((each) => each.instance)).toEqual([
      "gateway-green",
    ]);
  });

  test("with a standby both, each in its role", () => {
    const standby = units.map((unit) => (unit.service === "gateway" ? { ...unit, standby: true } : unit));
    const roles = watched(both, { units: standby }).map(({ instance, role }) => [instance, role]);
    expect(roles).toEqual([
      ["gateway-blue", "serving"],
      ["gateway-green", "standby"],
    ]);
  });

  test("no one-shot", () => {
    expect(watched([container("migrate", "migrate")])).toEqual([]);
  });
});

describe("what a container's facts say", () => {
  const health = {
    ...{
      status: "healthy",
      failingStreak: 0,
      lastOutput: "",
      retries: 3,
      intervalMs: 1_000,
      timeoutMs: 1_000,
    },
    lastLookAt: new Date(NOW).toISOString(),
  } satisfies Container["health"];

  test("a health check without a new result for 30 s longer than it may take is stale", () => {
    const database = container("database", "database", { health });
    const [old] = watched([database], { healthSilence: () => 32_001 });
    expect(old?.health).toEqual({ status: "healthy", failing: false, stale: true });
    const [fresh] = watched([database], { healthSilence: () => 32_000 });
    expect(fresh?.health?.stale).toBe(false);
  });

  test("how the last life of a running container ended comes from its event: the engine has forgotten", () => {
    const database = container("database", "database");
    const deaths = new Map([[database.id, { exitCode: 137, oomKilled: true }]]);
    expect(watched([database], { deaths })[0]).toMatchObject({ exitCode: 137, oomKilled: true });
  });

  test("on-failure revives a crash, up to its limit, and no good end", () => {
    const revived = (change: Partial<Container>) =>
      watched([
        container("database", "database", { restartPolicy: { name: "on-failure", max: 2 }, ...change }),
      ])[0]?.dockerRestarts;
    expect(revived({ state: "exited", exitCode: 1, restartCount: 1 })).toBe(true);
    expect(revived({ state: "exited", exitCode: 1, restartCount: 2 })).toBe(false);
    expect(revived({ state: "exited", exitCode: 0 })).toBe(false);
  });

  test("a child is an orphan when the container in whose network it lives is gone, or was started after it", () => {
    const parent = container("provider", "provider-blue", { startedAt: new Date(NOW - 1_000).toISOString() });
    const child = (networkMode: string, startedAt: number) =>
      container("database", "database", { networkMode, startedAt: new Date(startedAt).toISOString() });
    const orphaned = (each: Container, joined = new Set(["database"])) =>
      watched([parent, each], { joined }).find(({ service }) => service === "database")?.orphaned;
    expect(orphaned(child(`container:${parent.id}`, NOW))).toBe(false);
    expect(orphaned(child(`container:${parent.id}`, NOW - 2_000))).toBe(true);
    expect(orphaned(child("container:gone", NOW))).toBe(true);
    // Somebody else's container may well be in no project of ours.
    expect(orphaned(child("container:foreign", NOW), new Set())).toBe(false);
  });
});

describe("the engine's one line against the last look", () => {
  const known = container("database", "database", { startedAt: new Date(NOW - 3_600_000).toISOString() });
  const line = (status: string, state: ContainerSummary["state"] = "running"): ContainerSummary => ({
    ...{ id: known.id, name: known.name, labels: {}, state, status, createdAt: 0 },
  });

  test("the same life is no news, in whichever of Docker's words", () => {
    for (const status of ["Up About an hour", "Up 59 minutes"])
      expect([status, contradicts(line(status), known, NOW)]).toEqual([status, false]);
  });

  test("another state, a younger life and another health are", () => {
    expect(contradicts(line("Exited (0) 3 seconds ago", "exited"), known, NOW)).toBe(true);
    for (const status of ["Up Less than a second", "Up 5 seconds", "Up About a minute", "Up 40 minutes"])
      expect([status, contradicts(line(status), known, NOW)]).toEqual([status, true]);
    expect(contradicts(line("Up About an hour (unhealthy)"), known, NOW)).toBe(true);
  });
});

test("liveness is asked once it is ready, readiness before; without either, its first published port", () => {
  const [ready, live] = [
    { http: ":1/ready", within: undefined },
    { http: ":1/live", within: undefined },
  ];
  expect(probesOf({ ready, live }, {})).toEqual({ starting: ready, steady: live });
  expect(probesOf({ ready, live: undefined }, {})).toEqual({
    starting: ready,
    steady: { tcp: ":1", within: undefined },
  });
  const ports = [{ target: 53, protocol: "udp" }, { target: 5432 }];
  const tcp = { tcp: ":5432", within: undefined };
  expect(probesOf({ ready: undefined, live: undefined }, { ports })).toEqual({ starting: tcp, steady: tcp });
  expect(probesOf({ ready: undefined, live: undefined }, {}).steady).toBeUndefined();
});

test("a 4xx, and a program that is not there, is a fault of configuration and never silence", () => {
  const answer = { good: false, answered: true, kind: "answer" as const };
  expect(verdictOf({ ...answer, detail: "status 404", status: 404 }).kind).toBe("misconfigured");
  expect(verdictOf({ ...answer, detail: "exit code 127: no such file" }).kind).toBe("misconfigured");
  const leaky = { ...answer, detail: "status 503: jdbc://u:s3cret@db", status: 503 };
  expect(JSON.stringify(verdictOf(leaky))).not.toContain("s3cret");
  expect(JSON.stringify(verdictOf({ ...answer, detail: "exit code 2: s3cret" }))).not.toContain("s3cret");
  expect(verdictOf({ ...answer, detail: "status 503", status: 503 })).toMatchObject({ why: "error" });
  expect(verdictOf({ ...answer, detail: "exit code 124" })).toMatchObject({ why: "timeout" });
  expect(verdictOf({ good: false, answered: false, kind: "refused", detail: "" })).toMatchObject({
    why: "refused",
  });
});

test("the same fault has the same signature, whenever and wherever it happens", () => {
  const log = (time: string, id: string) =>
    `${time} Error: DATABASE_URL is not set\n${time}   at start (app.js:${id.length})\n${time} request ${id} lost\n`;
  const one = logSignature(log("2026-01-02T03:04:05Z", "0b8f2f4e-8a4c-4c56-9df1-5f1f0a3d2c1b"));
  expect(logSignature(log("2026-05-06T07:08:09Z", "9d1c7a3b-1a2b-4c3d-8e9f-0a1b2c3d4e5f"))).toBe(one);
  expect(logSignature("Error: PORT is not set\n")).not.toBe(one);
});

test("the signature of a life knows nothing of the lives before it", () => {
  const at = (second: string, words: string) => `2026-01-02T03:04:${second}Z ${words}\n`;
  const crash = (second: string) => at(second, "Error: PORT is not set");
  const first = at("01.1", "listening") + crash("05.2");
  const second = first + crash("06.3");
  const third = second + crash("07.4");
  const from = (second: string) => Date.parse(`2026-01-02T03:04:${second}Z`);
  expect(logSignature(second, from("06.3"))).toBe(logSignature(third, from("07.4")));
  expect(logSignature(second)).not.toBe(logSignature(third));
  expect(logSignature(first, from("01"))).not.toBe(logSignature(second, from("06")));
});
