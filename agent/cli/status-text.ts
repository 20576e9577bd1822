import { formatDuration } from "../core/duration.ts";
import { plainText } from "../core/plain-text.ts";
import { table } from "../core/table.ts";
import type { ServiceStatus } from "../run/status/service-status.ts";
import type { Status } from "../run/status/status.ts";
import type { Paint } from "./output.ts";

const GOOD = new Set(["ready", "completed"]);

/** The status as lines: a head, a table, and below it what a person should know. */
export function statusLines(status: Status, paint: Paint, nowMs: number): string[] {
  const { services, engine } = status;
  if (services.length === 0) {
    return [
      head(status, paint, nowMs),
      ...(engine.reachable ? ["nothing is deployed yet: soloflow-agent deploy"] : []),
    ];
  }
  const columns = ["SERVICE", "STATE", "FOR", "READY AFTER", "RESTARTS", "CONTAINER"];
  return [
    head(status, paint, nowMs),
    ...table([columns, ...services.map((service) => row(service, paint, nowMs))]),
    ...services.flatMap((service) => why(service, nowMs)),
    ...incidents(status, paint, nowMs),
    ...reports(status, nowMs),
    ...watchdog(status, paint),
  ];
}

function head(
  { project, release, engine, watchdog: { running, since } }: Status,
  paint: Paint,
  nowMs: number,
): string {
  const docker = engine.reachable ? `docker ${engine.version}` : paint.bad("docker cannot be reached");
  const watched = running && since !== null ? `, watchdog for ${ago(since, nowMs)}` : "";
  return `${project}, release ${release ?? "none"}, ${docker}${watched}`;
}

function row(service: ServiceStatus, paint: Paint, nowMs: number): string[] {
  const state = GOOD.has(service.state) ? paint.good(service.state) : paint.bad(service.state);
  const runs = service.startedAt !== null && !["stopped", "completed"].includes(service.state);
  const others = service.instances.filter((instance) => instance.role !== "serving");
  const container = [
    service.container ?? "-",
    ...others.map((other) => `(${other.container} ${other.role})`),
  ];
  return [
    ...[service.name, state, runs ? ago(service.startedAt ?? "", nowMs) : "-"],
    service.readyAfterMs === null ? "-" : formatDuration(service.readyAfterMs),
    ...[String(service.restarts), container.join(" ")],
  ];
}

/** The watchdog's words for a service that is not well, and what is to be done about one that it leaves alone. */
function why({ name, state, cause, since, nextTryAt }: ServiceStatus, nowMs: number): string[] {
  if (GOOD.has(state) || cause === null || cause === "") return [];
  const next =
    state !== "open"
      ? ""
      : `${nextTryAt === null ? "" : `; tried again in ${until(nextTryAt, nowMs)}`}, at once with: soloflow-agent resume ${name}`;
  return [`${name} ${state}${since === null ? "" : ` for ${ago(since, nowMs)}`}: ${oneLine(cause)}${next}`];
}

/** One whose service serves again is open until that has held for a while. */
function incidents({ incidents: open, services }: Status, paint: Paint, nowMs: number): string[] {
  const well = new Set(services.filter(({ state }) => GOOD.has(state)).map(({ name }) => name));
  return open.map(({ id, service, openedAt, cause }) => {
    const more = `(soloflow-agent incidents ${id})`;
    const what = `incident ${id} of ${service}, ${ago(openedAt, nowMs)} ago: ${oneLine(cause)}`;
    return well.has(service) ? paint.dim(`${what}; it serves again ${more}`) : paint.bad(`${what} ${more}`);
  });
}

/** Of what holds data only what would have been done is told: nobody is talked into restarting a database. */
function reports({ reports: all }: Status, nowMs: number): string[] {
  return all
    .filter(({ wouldRestart, mayRestart }) => mayRestart || wouldRestart > 0)
    .map(({ service, since, wouldRestart, mayRestart }) => {
      const times = `${wouldRestart} ${wouldRestart === 1 ? "time" : "times"}`;
      const next = mayRestart
        ? `; turn it on with watch = "restart" in [service.${service}], then deploy`
        : "";
      return `${service} is only reported on: would have been restarted ${times} in ${ago(since, nowMs)}${next}`;
    });
}

function watchdog({ watchdog: { running, fault }, engine }: Status, paint: Paint): string[] {
  if (running)
    return fault === null ? [] : [paint.bad(`the watchdog restarts nothing now: ${oneLine(fault)}`)];
  if (!engine.reachable) return [];
  return [
    paint.dim(
      "no watchdog runs: what hangs stays so. soloflow-agent install lets systemd run one (or: soloflow-agent watch)",
    ),
  ];
}

function ago(iso: string, nowMs: number): string {
  return formatDuration(Math.max(0, nowMs - Date.parse(iso)));
}

function until(iso: string, nowMs: number): string {
  return formatDuration(Math.max(0, Date.parse(iso) - nowMs));
}

function oneLine(text: string): string {
  return plainText(text).replaceAll("\n", " ");
}
