import { formatDuration, parseDuration } from "../core/duration.ts";
import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { plainText } from "../core/plain-text.ts";
import { followEvents, readEvents } from "../run/events/read-events.ts";
import { EVERYTHING, type TimelineEntry } from "../run/events/timeline.ts";
import { deployedUnits } from "../run/instances.ts";
import { knownProject } from "../run/known-project.ts";
import type { CliContext } from "./context.ts";
import type { Output } from "./output.ts";
import { timeText } from "./time-text.ts";

/** Without --since: so many of the newest. */
const SHOWN = 50;

/** Exit code 0 also where a person ended --follow with Ctrl-C. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, args: services, options, configFile, json, output, signal } = context;
  const follow = options.follow === true;
  if (json && follow)
    throw usage("--json is one document, and --follow has no end", "leave one of the two out");
  const since = sinceOption(options.since, host.clock.now());
  const project = await knownProject(host, configFile);
  if (services.length > 0) await deployedUnits(host, project, services);
  const all = await readEvents(host, project, { services, since: 0, limit: EVERYTHING });
  const shown = since === undefined ? all.slice(-SHOWN) : all.filter(({ at }) => at >= since);
  if (json) output.json({ schema: 1, events: shown.map(forJson) });
  else {
    for (const entry of shown) output.line(line(entry, output));
    if (all.length === 0) output.line(nothing(services));
    else if (shown.length === 0) output.line("nothing happened since then");
  }
  if (follow) {
    await followEvents(host, project, { services, known: all, signal }, (entry) =>
      output.line(line(entry, output)),
    );
  }
  return EXIT.done;
}

function nothing(services: readonly string[]): string {
  if (services.length > 0) return `nothing has happened to ${services.join(", ")} yet`;
  return "nothing has happened yet: soloflow-agent deploy; soloflow-agent watch sees what happens then";
}

/** "2h" before now, or a time; undefined where none is given. */
function sinceOption(value: unknown, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const ago = parseDuration(String(value));
  const at = ago === undefined ? Date.parse(String(value)) : nowMs - ago;
  if (!Number.isNaN(at)) return at;
  throw usage(
    `--since: "${value}" is neither a duration nor a time`,
    "for instance --since 2h or --since 2026-01-31T08:00",
  );
}

function usage(message: string, hint: string): SoloflowError {
  return new SoloflowError("usage", message, { hint, exitCode: EXIT.usage });
}

/** Columns of a line: what it is about, and what became of it. */
const WHO = 14;
const WHAT = 22;

function line(entry: TimelineEntry, output: Output): string {
  const { who, what, why, isBad } = told(entry);
  const change = isBad ? output.inLine.bad(what.padEnd(WHAT)) : what.padEnd(WHAT);
  return `${output.inLine.dim(timeText(entry.at))}  ${who.padEnd(WHO)}  ${change}  ${plainText(why).replaceAll("\n", " ")}`.trimEnd();
}

const BAD = new Set(["unhealthy", "failed", "open", "engine-down", "degraded", "rolled-back", "abandoned"]);

function told(entry: TimelineEntry): { who: string; what: string; why: string; isBad: boolean } {
  switch (entry.kind) {
    case "service": {
      const what = entry.from === undefined ? entry.to : `${entry.from} → ${entry.to}`;
      return { who: entry.service, what, why: entry.cause, isBad: BAD.has(entry.to) };
    }
    case "release": {
      const changed = entry.services.map(({ name, action }) => `${name} (${action})`).join(", ");
      const why = [changed, took(entry.tookMs)].filter((part) => part !== "").join(", ");
      return { who: `release ${entry.release}`, what: entry.result, why, isBad: BAD.has(entry.result) };
    }
    case "operation":
      return {
        who: entry.operation,
        what: entry.state,
        why: took(entry.tookMs),
        isBad: BAD.has(entry.state),
      };
    default:
      return entry satisfies never;
  }
}

function took(ms: number | undefined): string {
  return ms === undefined ? "" : `in ${formatDuration(ms)}`;
}

function forJson({ key: _key, at, ...entry }: TimelineEntry): object {
  const time = new Date(at).toISOString();
  if (entry.kind === "service") return { at: time, ...entry, from: entry.from ?? null };
  return { at: time, ...entry, tookMs: entry.tookMs ?? null };
}
