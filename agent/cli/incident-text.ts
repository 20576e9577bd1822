import { formatDuration } from "../core/duration.ts";
import type { Pressure } from "../core/machine-facts.ts";
import { plainText } from "../core/plain-text.ts";
import { formatSize } from "../core/size.ts";
import type { Incident } from "../host/store/incidents.ts";
import { timeText } from "./time-text.ts";

/** What it meant for people. */
export function meaning({ level, report, closedAt, lostMs }: Incident): string {
  if (report) return "report only";
  if (level === "losing") {
    if (closedAt === undefined) return "customers are losing";
    return lostMs === undefined ? "customers lost" : `customers lost ${formatDuration(lostMs)}`;
  }
  if (level === "needs-you") return "needs you";
  return closedAt === undefined ? "under way" : "healed";
}

const REMEDIES: Readonly<Record<string, string>> = {
  "other-colour": "the other colour was made ready first, then took over",
  standby: "the warm standby took over at once, the sick one was mended behind it",
  "in-place": "it was restarted",
  recreate: "its container was made anew",
  start: "it was started",
};

/** One incident with everything that is known of it, a line a fact. */
export function incidentLines(incident: Incident): string[] {
  const { id, service, cause, evidence } = incident;
  const facts: [string, string | undefined][] = [
    ["when", when(incident)],
    ["why", cause],
    [
      "noticed",
      incident.detectedMs === undefined
        ? undefined
        : `${formatDuration(incident.detectedMs)} after the first sign`,
    ],
    ["done", done(incident)],
    [
      "customers",
      incident.lostMs === undefined ? undefined : `were without it for ${formatDuration(incident.lostMs)}`,
    ],
    ["messages", incident.alerts === 0 ? undefined : String(incident.alerts)],
    ["last probe", evidence.probe],
    ["docker's check", evidence.health],
    ["exit code", evidence.exitCode === undefined ? undefined : String(evidence.exitCode)],
    ["memory", evidence.oomKilled === true ? "it was killed at its memory limit" : undefined],
    ["machine", pressure(evidence.pressure)],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== "");
  return [
    `incident ${id} of ${service}: ${meaning(incident)}`,
    ...known.map(
      ([name, text]) =>
        `  ${`${name}:`.padEnd(15)} ${plainText(text)
          .trim()
          .replaceAll("\n", `\n${" ".repeat(18)}`)}`,
    ),
    ...logLines(evidence.logs),
    ...next(incident),
  ];
}

function when({ openedAt, closedAt }: Incident): string {
  if (closedAt === undefined) return `${timeText(openedAt)}, not over yet`;
  return `${timeText(openedAt)}, over ${formatDuration(closedAt - openedAt)} later`;
}

function done({ remedy, report, closedAt }: Incident): string | undefined {
  if (remedy !== undefined) return REMEDIES[remedy] ?? remedy;
  if (report) return "nothing: it is only reported on";
  return closedAt === undefined ? undefined : "nothing: it came back by itself";
}

/** `found`: JSON of a `Pressure`, or of what another version thought one to be. */
function pressure(found: unknown): string | undefined {
  if (typeof found !== "object" || found === null) return undefined;
  const {
    load1,
    cpus,
    cpuSome10,
    memorySome10,
    ioSome10,
    memoryAvailableBytes: free,
  } = found as Partial<Pressure>;
  const waits = { CPU: cpuSome10, memory: memorySome10, disk: ioSome10 };
  const waiting = Object.entries(waits).flatMap(([name, share]) =>
    share ? [`${name} ${Math.round(share)} %`] : [],
  );
  const told = [
    ...(load1 === undefined ? [] : [`load ${load1} on ${cpus ?? "?"} CPUs`]),
    ...(free === undefined ? [] : [`${formatSize(free)} of memory available`]),
    ...(waiting.length === 0 ? [] : [`waiting for ${waiting.join(", ")}`]),
  ];
  return told.join("; ");
}

function logLines(logs: string | undefined): string[] {
  if (logs === undefined) return [];
  const text = plainText(logs).trimEnd();
  if (text === "") return ["  it had logged nothing"];
  return ["  its last log lines:", ...text.split("\n").map((line) => `    ${line}`)];
}

function next({ service, closedAt, report }: Incident): string[] {
  if (report)
    return [`next: to let it be restarted, write watch = "restart" in [service.${service}] and deploy`];
  return closedAt === undefined ? [`next: soloflow-agent logs ${service}`] : [];
}
