import { formatDuration, parseDuration } from "../core/duration.ts";
import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { pause } from "../run/pause.ts";
import type { CliContext } from "./context.ts";
import { whichProject } from "./which-project.ts";

export async function run(context: CliContext): Promise<ExitCode> {
  const { host, args, json, output, progress, signal } = context;
  const [service] = args;
  const forMs = duration(context.options.for);
  const project = await whichProject(context);
  const paused = await pause(host, project, { service, forMs, progress, signal });
  const until = paused.until === null ? null : new Date(paused.until).toISOString();
  if (json) output.json({ schema: 1, service: paused.service, until });
  else {
    const end = forMs === undefined ? "until soloflow-agent resume" : `for ${formatDuration(forMs)}`;
    output.line(`the watchdog keeps its hands off ${service ?? "all services"} ${end}`);
  }
  return EXIT.done;
}

function duration(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const ms = parseDuration(String(value));
  if (ms !== undefined && ms > 0) return ms;
  throw new SoloflowError("usage", `--for: "${value}" is not a duration`, {
    hint: "for instance --for 2h",
    exitCode: EXIT.usage,
  });
}
