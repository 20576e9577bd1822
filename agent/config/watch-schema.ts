import { z } from "zod";
import { duration, listenAddress, percent, period, secretName, timeOfDay, urlOrSecret } from "./forms.ts";

/*
 * The tables of soloflow.toml that are the watchdog's: how it looks and acts, whom it tells, what it measures. What is
 * left out has the default of `plan/watchdog/watch-policy.ts`; a test compares the descriptions with it.
 */

const count = z.int().min(1);

const within = period.describe("Counted back from now.");

const restarts = z.strictObject({ restarts: count.describe("How many of them."), within });

export const watchdogSchema = z.strictObject({
  every: period.optional().describe("Time between two probes of a ready service. Default 2s."),
  suspect_every: period.optional().describe("The same after a failed probe. Default 500ms."),
  timeout: period
    .optional()
    .describe("How long a probe's answer may take before it counts as failed. Default 1s."),
  fail: count.optional().describe("Failed probes in a row that make a service unhealthy. Default 3."),
  recover: count.optional().describe("Good probes in a row that make it well again. Default 2."),
  backoff: z
    .array(duration)
    .min(1)
    .optional()
    .describe(
      "Pauses before the first, second, … restart in a row, counted from the restart before; the last one stays. " +
        'Default ["0s", "5s", "15s", "45s", "120s", "300s"].',
    ),
  jitter: percent
    .optional()
    .describe("The pauses are longer or shorter by up to so many per cent, at random. Default 20."),
  calm: period
    .optional()
    .describe("Being ready without a break for this long begins the pauses anew. Default 10m."),
  circuit: z
    .array(restarts)
    .min(1)
    .optional()
    .describe(
      "So many restarts of one service (Docker's own and out-of-memory kills count) within a time, and it is left " +
        'alone. Default [{ restarts = 5, within = "15m" }, { restarts = 10, within = "6h" }].',
    ),
  half_open: z
    .array(period)
    .min(1)
    .optional()
    .describe(
      'A service that is left alone is tried again after these times; the last one stays. Default ["30m", "60m", "120m"].',
    ),
  spacing: period.optional().describe("Time between two restarts of whatever services. Default 10s."),
  total: restarts
    .optional()
    .describe('Most restarts of all services together. Default { restarts = 8, within = "15m" }.'),
  oom: z
    .strictObject({ kills: count.describe("How many of them."), within })
    .optional()
    .describe(
      'So many kills for want of memory, and the service is left alone. Default { kills = 2, within = "10m" }.',
    ),
  deadline: z
    .strictObject({
      factor: z
        .number()
        .min(1)
        .optional()
        .describe("Times the usual start (its 95th percentile). Default 3."),
      min: period.optional().describe("Never less. Default 30s."),
      max: period.optional().describe("Never more. Default 300s."),
      unknown: period.optional().describe("Where no start has been measured yet. Default 120s."),
    })
    .optional()
    .describe("How long a start may take before it counts as failed."),
  unblock: period
    .optional()
    .describe("A service is looked at again this long after what it depends on is back. Default 10s."),
  settle: period
    .optional()
    .describe("Once Docker answers again, it is only looked on for this long. Default 60s."),
  report: period
    .optional()
    .describe('How long the record of a service with watch = "report" is kept in view. Default 72h.'),
  disk: z
    .strictObject({
      warn: percent.optional().describe("Free space, per cent, below which you are told. Default 15."),
      page: percent
        .optional()
        .describe("Free space, per cent, below which you are woken and nothing is restarted. Default 5."),
    })
    .optional()
    .describe("The disk with Docker's data."),
});

export const alertsSchema = z.strictObject({
  slack: secretName.optional().describe("Secret that holds the URL of a Slack-compatible webhook."),
  webhook: z
    .strictObject({
      url: urlOrSecret.describe("Where each alert is posted as JSON, or the secret that holds the URL."),
      key: secretName.describe(
        "Secret whose value signs it: HMAC-SHA256 of the time and the body (docs/alerts.md).",
      ),
    })
    .optional()
    .describe("A webhook of your own."),
  command: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'Program that gets each alert on its standard input, for instance ["mail", "-s", "soloflow", "you@example.com"].',
    ),
  dead_man: urlOrSecret
    .optional()
    .describe(
      "URL (or the secret that holds it) that is asked every minute; somebody else tells you when that ends.",
    ),
  digest: timeOfDay
    .optional()
    .describe('When what has healed by itself is told, in the machine\'s time. Default "08:00".'),
});

export const metricsSchema = z.strictObject({
  listen: listenAddress
    .optional()
    .describe(
      'Prometheus metrics over TCP, on this machine only, for instance "127.0.0.1:9464". Default: only on the unix socket.',
    ),
});
