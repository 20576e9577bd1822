import { formatDuration } from "../core/duration.ts";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { table } from "../core/table.ts";
import type { Release } from "../host/store/releases.ts";
import type { AuditLine } from "../plan/audit.ts";
import { readAudit } from "../run/audit/audit-log.ts";
import { readHistory } from "../run/history.ts";
import { knownProject } from "../run/known-project.ts";
import type { CliContext } from "./context.ts";
import { timeText } from "./time-text.ts";

const SHOWN = 50;

export async function run(context: CliContext): Promise<ExitCode> {
  return context.options.audit === true ? showAudit(context) : showReleases(context);
}

async function showAudit({ host, configFile, json, output }: CliContext): Promise<ExitCode> {
  const lines = (await readAudit(host, await knownProject(host, configFile))).toReversed().slice(0, SHOWN);
  if (json) output.json({ schema: 1, audit: lines });
  else if (lines.length === 0) output.line("nothing was done to the secrets yet");
  else for (const line of table([AUDIT_HEAD, ...lines.map(auditRow)])) output.line(line);
  return EXIT.done;
}

const AUDIT_HEAD = ["WHEN", "WHO", "WHAT", "SECRET", "VERSION", "RESULT"];

function auditRow({ at, who, what, secret, version, result }: AuditLine): string[] {
  return [timeText(Date.parse(at)), who, what, secret, String(version), result];
}

async function showReleases({ host, configFile, json, output }: CliContext): Promise<ExitCode> {
  const releases = await readHistory(host, await knownProject(host, configFile), SHOWN);
  if (json) output.json({ schema: 1, releases: releases.map(forJson) });
  else if (releases.length === 0) output.line("nothing is deployed yet: soloflow-agent deploy");
  else
    for (const line of table([["RELEASE", "WHEN", "TOOK", "RESULT", "CHANGED"], ...releases.map(row)]))
      output.line(line);
  return EXIT.done;
}

function row(release: Release): string[] {
  const took = release.endedAt === undefined ? "-" : formatDuration(release.endedAt - release.startedAt);
  const changed = Object.entries(release.services).filter(([, service]) => service.action !== "keep");
  return [
    release.id,
    new Date(release.startedAt).toISOString().slice(0, 19).replace("T", " "),
    took,
    release.result ?? "interrupted",
    changed.map(([name, { action }]) => `${name} (${action})`).join(", ") || "-",
  ];
}

function forJson(release: Release): object {
  const { id, startedAt, endedAt, result, cause, services, secretsVersion } = release;
  return {
    ...{ id, startedAt: new Date(startedAt).toISOString(), cause, services },
    endedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
    result: result ?? "interrupted",
    secretsVersion: secretsVersion ?? null,
  };
}
