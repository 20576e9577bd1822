import { Family } from "./family.ts";

/** Starts range from a tenth of a second (a gateway) to minutes (a JVM that migrates). Seconds. */
const READY_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 45, 90, 180, 300];
/** A probe's verdict comes within its timeout, 1 s by default; late answers are awaited up to 5 s. Seconds. */
const PROBE_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Above 0.5 s a round of probes is discarded. Seconds. */
const LAG_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1, 5];

/**
 * All that the agent measures, by the naming rules of Prometheus: base units, `_total` for what only grows. Every
 * label has few values: services of the model, words of the agent's own.
 */
export function families() {
  const counter = <L extends string>(name: string, help: string, labels: L[]) =>
    new Family(name, { help, type: "counter" }, labels);
  const gauge = <L extends string = never>(name: string, help: string, labels: L[]) =>
    new Family(name, { help, type: "gauge" }, labels);
  const histogram = <L extends string = never>(name: string, help: string, labels: L[], buckets: number[]) =>
    new Family(name, { help, type: "histogram" }, labels, buckets);
  return {
    build: gauge("build_info", "Version of the agent; the value is always 1.", ["version", "project"]),
    state: gauge("service_state", "1 for the state that a service is in, 0 for the others.", [
      "service",
      "state",
    ]),
    restarts: counter("service_restarts_total", "Restarts by the watchdog, and how.", ["service", "remedy"]),
    ready: histogram(
      "service_ready_after_seconds",
      "From a container's start to its first good readiness answer, by why it was started.",
      ["service", "cause"],
      READY_BUCKETS,
    ),
    probe: histogram(
      "probe_duration_seconds",
      "How long a probe took, by its verdict.",
      ["service", "verdict"],
      PROBE_BUCKETS,
    ),
    lag: histogram("loop_lag_seconds", "How late the agent's own timers came.", [], LAG_BUCKETS),
    incidents: counter("incidents_total", "Incidents that were opened.", ["service"]),
    lost: counter("customers_lost_seconds_total", "How long customers got no answers, as incidents closed.", [
      "service",
    ]),
    alertsQueued: counter("alerts_queued_total", "Alerts that were raised.", ["level"]),
    alertsSent: counter("alerts_sent_total", "Tries to deliver an alert, by way and result.", [
      "way",
      "result",
    ]),
    alertsPending: gauge("alerts_pending", "Alerts that wait for their delivery.", []),
    engine: gauge("engine_reachable", "1 while Docker's engine answers.", []),
    reconcile: gauge(
      "last_reconcile_timestamp_seconds",
      "When the watchdog last compared what runs with what it knows; 0 before the first time.",
      [],
    ),
  };
}
