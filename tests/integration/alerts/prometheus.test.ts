import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createMetrics, STATES } from "../../../agent/run/metrics/create-metrics.ts";
import { metricsListener } from "../../../agent/run/metrics/metrics-listener.ts";
import { promtool } from "../../support/promtool.ts";
import { must } from "../../support/vps/must.ts";

const folder = resolve(import.meta.dir, "../../../docs/prometheus");
const rules = readFileSync(resolve(folder, "rules.yml"), "utf8");

/** What a scrape of an agent looks like that has seen a bit of everything. */
async function scrape(): Promise<string> {
  const metrics = createMetrics({ version: "1.2.3", project: "shop" });
  metrics.states(new Map([["gateway", "ready"]] as const));
  metrics.restarted("gateway", "other-colour");
  metrics.ready("gateway", "deploy", 900);
  for (const verdict of ["good", "silent", "misconfigured"] as const) metrics.probed("gateway", verdict, 4);
  metrics.lagged(3);
  metrics.incidentOpened("gateway");
  metrics.incidentClosed("gateway", 3_000);
  metrics.alertQueued("losing");
  metrics.alertSent("webhook", "given-up");
  metrics.alertsPending(0);
  metrics.engine(true);
  metrics.reconciled(Date.UTC(2026, 0, 2));
  const listener = metricsListener("127.0.0.1:0", metrics.text);
  try {
    return await (await fetch(`http://127.0.0.1:${listener.port}/metrics`)).text();
  } finally {
    await listener.stop();
  }
}

describe("Prometheus itself", () => {
  test("takes the metrics, without a word about their names", async () => {
    expect(await must([await promtool(), "check", "metrics"], { stdin: await scrape() })).toBe("");
  }, 300_000);

  test("takes the rules", async () => {
    const printed = await must([await promtool(), "check", "rules", "rules.yml"], { cwd: folder });
    expect(printed).toContain("SUCCESS");
  }, 300_000);

  test("raises by the rules what their tests say", async () => {
    await must([await promtool(), "test", "rules", "rules.test.yml"], { cwd: folder });
  }, 300_000);
});

describe("the rules", () => {
  test("ask for nothing that the agent does not measure", async () => {
    const measured = new Set([...(await scrape()).matchAll(/^(soloflow_\w+)/gm)].map(([, name]) => name));
    const asked = [...rules.matchAll(/\bsoloflow_\w+/g)].map(([name]) => name);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !measured.has(name))).toEqual([]);
  });

  test("know only states that there are", () => {
    const states = [...rules.matchAll(/state=~?"([^"]+)"/g)].flatMap(([, words]) => words?.split("|") ?? []);
    expect(states.length).toBeGreaterThan(3);
    expect(states.filter((word) => !(STATES as readonly string[]).includes(word))).toEqual([]);
  });
});
