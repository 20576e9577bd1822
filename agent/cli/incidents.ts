import { formatDuration } from "../core/duration.ts";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { plainText } from "../core/plain-text.ts";
import { table } from "../core/table.ts";
import type { Incident } from "../host/store/incidents.ts";
import { readIncident, readIncidents } from "../run/incidents.ts";
import { knownProject } from "../run/known-project.ts";
import type { CliContext } from "./context.ts";
import { incidentLines, meaning } from "./incident-text.ts";
import type { Output } from "./output.ts";
import { timeText } from "./time-text.ts";

const SHOWN = 50;

export async function run({ host, args, configFile, json, output }: CliContext): Promise<ExitCode> {
  const project = await knownProject(host, configFile);
  const [id] = args;
  if (id !== undefined) {
    const incident = await readIncident(host, project, id);
    if (json) output.json({ schema: 1, incident: forJson(incident) });
    else for (const line of incidentLines(incident)) output.line(line);
    return EXIT.done;
  }
  const incidents = await readIncidents(host, project, SHOWN);
  if (json) output.json({ schema: 1, incidents: incidents.map(forJson) });
  else if (incidents.length === 0) output.line("no incident yet; soloflow-agent watch writes them down");
  else print(incidents, output);
  return EXIT.done;
}

function print(incidents: readonly Incident[], output: Output): void {
  const head = ["ID", "WHEN", "LASTED", "SERVICE", "OUTCOME", "WHY"];
  for (const line of table([head, ...incidents.map((incident) => row(incident, output))])) output.line(line);
  output.line(output.inLine.dim("soloflow-agent incidents ID tells all that is known of one"));
}

function row(incident: Incident, { inLine }: Output): string[] {
  const { id, openedAt, closedAt, service, cause, level, report } = incident;
  const words = meaning(incident);
  return [
    ...[String(id), timeText(openedAt)],
    closedAt === undefined ? inLine.bad("not over") : formatDuration(closedAt - openedAt),
    ...[
      service,
      level === "healed" || report ? words : inLine.bad(words),
      plainText(cause).replaceAll("\n", " "),
    ],
  ];
}

function forJson(incident: Incident): object {
  const { id, service, openedAt, closedAt, level, cause, remedy, detectedMs, lostMs, report } = incident;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    ...{ id, service, openedAt: iso(openedAt), closedAt: closedAt === undefined ? null : iso(closedAt) },
    ...{ level, cause, remedy: remedy ?? null, detectedMs: detectedMs ?? null, lostMs: lostMs ?? null },
    ...{ report, alerts: incident.alerts, evidence: incident.evidence },
  };
}
