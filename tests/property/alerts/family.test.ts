import { expect, test } from "bun:test";
import fc from "fast-check";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { Family } from "../../../agent/run/metrics/family.ts";

const name = "probe_seconds";
const about = { help: "How long a probe took." };
const full = { ...about, name: `soloflow_${name}`, labelNames: ["service", "verdict"] };
const labels = fc.record({
  service: fc.constantFrom("gateway", "the provider", 'a "quoted" one'),
  verdict: fc.constantFrom("good", "late"),
});
const number = fc.double({ min: 0, max: 20, noNaN: true });
const samples = fc.array(fc.tuple(labels, number), { maxLength: 30 });

async function texts(family: Family<"service" | "verdict">, theirs: Registry): Promise<[string, string]> {
  const ours = new Registry();
  ours.registerMetric(family as unknown as Counter);
  return [await ours.metrics(), await theirs.metrics()];
}

test("a histogram says what prom-client's own says of the same values", async () => {
  const bounds = fc.uniqueArray(fc.integer({ min: 1, max: 15 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(samples, bounds, async (values, unsorted) => {
      const buckets = unsorted.toSorted((a, b) => a - b);
      const registry = new Registry();
      const theirs = new Histogram({ ...full, buckets, registers: [registry] });
      const family = new Family(name, { ...about, type: "histogram" }, ["service", "verdict"], buckets);
      for (const [one, value] of values) {
        theirs.observe(one, value);
        family.observe(one, value);
      }
      const [ours, expected] = await texts(family, registry);
      expect(ours).toBe(expected);
    }),
  );
});

test("so do a counter, and a gauge of which series are taken away", async () => {
  await fc.assert(
    fc.asyncProperty(samples, fc.array(labels), async (values, removed) => {
      const [counts, gauges] = [new Registry(), new Registry()];
      const counter = new Counter({ ...full, registers: [counts] });
      const gauge = new Gauge({ ...full, registers: [gauges] });
      const names: ("service" | "verdict")[] = ["service", "verdict"];
      const added = new Family(name, { ...about, type: "counter" }, names);
      const set = new Family(name, { ...about, type: "gauge" }, names);
      for (const [one, value] of values) {
        counter.inc(one, value);
        added.add(one, value);
        gauge.set(one, value);
        set.set(one, value);
      }
      for (const one of removed) {
        gauge.remove(one);
        set.remove(one);
      }
      for (const [family, registry] of [
        [added, counts],
        [set, gauges],
      ] as const) {
        const [ours, expected] = await texts(family, registry);
        expect(ours).toBe(expected);
      }
    }),
  );
});
