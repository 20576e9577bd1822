import { describe, expect, test } from "bun:test";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { createMetrics, STATES } from "../../../agent/run/metrics/create-metrics.ts";
import { metricsListener } from "../../../agent/run/metrics/metrics-listener.ts";

const build = { version: "1.2.3", project: "shop" };

/** Value of one series; undefined where there is none. */
function value(text: string, series: string): number | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe("the metrics", () => {
  test("count and measure in seconds what the watchdog saw and did", async () => {
    const metrics = createMetrics(build);
    metrics.restarted("gateway", "in-place");
    metrics.restarted("gateway", "in-place");
    metrics.ready("gateway", "restart", 1_500);
    metrics.probed("gateway", "good", 3);
    metrics.lagged(600);
    metrics.incidentOpened("gateway");
    metrics.incidentClosed("gateway", 12_500);
    metrics.alertSent("slack", "failed");
    metrics.reconciled(1_700_000_000_500);
    metrics.engine(true);
    const text = await metrics.text();
    const expected = {
      'soloflow_build_info{version="1.2.3",project="shop"}': 1,
      'soloflow_service_restarts_total{service="gateway",remedy="in-place"}': 2,
      'soloflow_service_ready_after_seconds_bucket{le="1",service="gateway",cause="restart"}': 0,
      'soloflow_service_ready_after_seconds_bucket{le="2",service="gateway",cause="restart"}': 1,
      'soloflow_service_ready_after_seconds_sum{service="gateway",cause="restart"}': 1.5,
      'soloflow_probe_duration_seconds_count{service="gateway",verdict="good"}': 1,
      soloflow_loop_lag_seconds_sum: 0.6,
      'soloflow_customers_lost_seconds_total{service="gateway"}': 12.5,
      'soloflow_alerts_sent_total{way="slack",result="failed"}': 1,
      soloflow_last_reconcile_timestamp_seconds: 1_700_000_000.5,
      soloflow_engine_reachable: 1,
    };
    for (const [series, wanted] of Object.entries(expected))
      expect([series, value(text, series)]).toEqual([series, wanted]);
  });

  test("show one state a service, and forget a service that is watched no more", async () => {
    const metrics = createMetrics(build);
    const state = (service: string, word: string) =>
      `soloflow_service_state{service="${service}",state="${word}"}`;
    metrics.states(
      new Map([
        ["gateway", "ready"],
        ["database", "blocked"],
      ] as const),
    );
    const first = await metrics.text();
    expect(STATES.reduce((sum, word) => sum + (value(first, state("gateway", word)) ?? Number.NaN), 0)).toBe(
      1,
    );
    metrics.states(new Map([["gateway", "suspect"]] as const));
    const second = await metrics.text();
    expect([value(second, state("gateway", "ready")), value(second, state("gateway", "suspect"))]).toEqual([
      0, 1,
    ]);
    expect(second).not.toContain('service="database"');
  });

  test("stay bounded and whole whatever comes in", async () => {
    const metrics = createMetrics(build);
    for (let service = 0; service < 700; service += 1) metrics.restarted(`s${service}`, "start");
    for (const ms of [Number.NaN, -5, Number.POSITIVE_INFINITY]) {
      metrics.ready('x\n"y', "boot", ms);
      metrics.incidentClosed("s1", ms);
    }
    const text = await metrics.text();
    expect(text.match(/^soloflow_service_restarts_total\{/gm)).toHaveLength(501);
    expect(value(text, 'soloflow_service_restarts_total{service="(others)",remedy="start"}')).toBe(200);
  });
});

describe("the listener", () => {
  type Answer = { status: number; body: string; type: string | undefined };

  function ask(
    port: number,
    options: { host?: string; path?: string; method?: string } = {},
  ): Promise<Answer> {
    const { host = `127.0.0.1:${port}`, path = "/metrics", method = "GET" } = options;
    return new Promise((resolve, reject) => {
      const sent = request(
        { port, hostname: "127.0.0.1", path, method, headers: { host }, agent: false },
        (got) => {
          let body = "";
          got.on("data", (chunk) => {
            body += String(chunk);
          });
          got.on("end", () =>
            resolve({ status: got.statusCode ?? 0, body, type: got.headers["content-type"] }),
          );
        },
      );
      sent.on("error", reject).end();
    });
  }

  test("serves the text on loopback, to requests that name it", async () => {
    const listener = metricsListener("127.0.0.1:0", async () => "a_metric 1\n");
    try {
      const { port } = listener;
      expect(await ask(port)).toEqual({
        status: 200,
        body: "a_metric 1\n",
        type: "text/plain; version=0.0.4; charset=utf-8",
      });
      expect((await ask(port, { host: `localhost:${port}` })).status).toBe(200);
      expect((await ask(port, { host: `[::1]:${port}` })).status).toBe(200);
      for (const host of ["evil.example", "127.0.0.1.evil.example:9464", "localhost.evil.example"])
        expect([host, (await ask(port, { host })).status]).toEqual([host, 421]);
      expect((await ask(port, { path: "/state" })).status).toBe(404);
      expect((await ask(port, { method: "POST" })).status).toBe(405);
    } finally {
      await listener.stop();
    }
  });

  test("a fault of the metrics is a 500 and tells nothing", async () => {
    const listener = metricsListener("127.0.0.1:0", () => Promise.reject(new Error("/var/lib/secret")));
    const answer = await ask(listener.port);
    await listener.stop();
    expect([answer.status, answer.body]).toEqual([500, "the metrics cannot be made\n"]);
  });

  test("no address beyond this machine is served", () => {
    for (const listen of [
      "0.0.0.0:0",
      "[::]:0",
      "192.0.2.1:0",
      "example.com:0",
      "127.0.0.1.example.com:0",
      ":0",
    ])
      expect(() => metricsListener(listen, async () => "")).toThrow(
        expect.objectContaining({ code: "metrics-listen", exitCode: 2 }),
      );
  });

  test("a port that is taken is said", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    expect(() => metricsListener(`127.0.0.1:${port}`, async () => "")).toThrow(SoloflowError);
    taken.close();
  });
});
