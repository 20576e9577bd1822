import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Container } from "../../../agent/core/container.ts";
import { SoloflowError } from "../../../agent/core/errors.ts";
import type { ProbeResult } from "../../../agent/core/probe-result.ts";
import type { Prober } from "../../../agent/host/prober.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { lookAtLive, unaskedLive } from "../../../agent/run/deploy/live-look.ts";
import { look } from "../../../agent/run/deploy/readiness.ts";
import {
  containerNamed,
  engineOf,
  executionOf,
  projectOf,
  unitNamed,
} from "../../support/deploy-execution.ts";
import { desiredOf } from "../../support/desired.ts";
import { type Script, scriptedHost } from "../../support/scripted-host.ts";

const TOML = `project = "demo"
[service.gateway]
ready = { http = ":8080/health" }
live = { http = ":8080/livez" }
`;
const desired = desiredOf({ toml: TOML });
const gateway = unitNamed(desired, "gateway");
const at = (address: string, overrides: Partial<Container> = {}) =>
  containerNamed(desired, "gateway", "gateway-blue", { addresses: { demo_default: address }, ...overrides });

const answers = (answer: Partial<ProbeResult>): Partial<Prober> => ({
  http: async () => ({ good: false, answered: true, kind: "answer", detail: "", ...answer }),
});

/** What a deploy says of the gateway's liveness. */
async function said(script: Script): Promise<readonly string[]> {
  using host = scriptedHost({ engine: engineOf([at("10.0.0.2")]), ...script });
  const execution = { ...executionOf(host, desired), project: projectOf(host, TOML) };
  mkdirSync(execution.project.paths.state, { recursive: true });
  openStore(execution.project.paths.database).close();
  writeFileSync(execution.project.configFile, TOML);
  await lookAtLive(execution, [gateway]);
  return execution.progress.lines;
}

test("a live path that gives no good answer is warned of once, with its place and the way out", async () => {
  expect(await said({ prober: answers({ status: 404, detail: "status 404: <html>" }) })).toEqual([
    expect.stringMatching(/^soloflow\.toml:4: gateway .*: status 404 \(.*deploy again\)$/),
  ]);
  const silent = await said({ prober: answers({ kind: "timeout", detail: "no answer within 1000 ms" }) });
  expect(silent).toEqual([expect.stringContaining(": no answer within 1000 ms (")]);
});

test("nothing is said of a good answer, nor where there is nobody to ask or to ask by", async () => {
  expect(await said({ prober: answers({ good: true, status: 200 }) })).toEqual([]);
  expect(await said({ engine: engineOf([]) })).toEqual([]);
  expect(await said({ engine: engineOf([at("", { state: "exited" })]) })).toEqual([]);
  const away = async () => {
    throw new SoloflowError("no-docker", "docker cannot be reached");
  };
  expect(await said({ engine: { containers: away } })).toEqual([]);
});

test("asked is what was started, and what has another live path than before", () => {
  const services = desired.units.map(({ service }) => ({ service }));
  const planned = { desired, plan: { services } } as unknown as Parameters<typeof unaskedLive>[0];
  const before = (live: unknown) =>
    ({ "x-soloflow": { units: desired.units.map((unit) => ({ ...unit, live })) } }) as never;
  const names = (...given: [never, ...string[]]) =>
    unaskedLive(planned, given[0], new Set(given.slice(1))).map(({ service }) => service);
  const same = { "x-soloflow": { units: desired.units } } as never;
  expect(names(same)).toEqual([]);
  expect(names(same, "gateway")).toEqual(["gateway"]);
  expect(names(before({ http: ":8080/old" }))).toContain("gateway");
});

test("a container in another's network is asked there", async () => {
  const parent = at("10.0.0.7", { id: "parent" });
  const child = at("", { addresses: {}, networkMode: "container:parent" });
  using host = scriptedHost({ engine: engineOf([parent]), prober: answers({ good: true, status: 200 }) });
  expect((await look(host, gateway, child, 0)).good).toBe(true);
  expect(host.calls.at(-1)).toContain("http://10.0.0.7:8080/health");
});

test("a container whose network is gone with another one has no address", async () => {
  const child = at("", { addresses: {}, networkMode: "container:gone" });
  using host = scriptedHost({ engine: engineOf([]) });
  expect(await look(host, gateway, child, 0)).toMatchObject({ good: false, detail: "it has no address yet" });
});
