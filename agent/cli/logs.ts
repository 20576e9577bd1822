import { formatDuration } from "../core/duration.ts";
import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { composeLogs } from "../plan/docker.ts";
import { modelFile } from "../run/deploy/model-file.ts";
import { refuseWithoutDocker } from "../run/docker-command.ts";
import { deployedUnits } from "../run/instances.ts";
import { knownProject } from "../run/known-project.ts";
import type { CliContext } from "./context.ts";
import { refuseJson } from "./refuse-json.ts";

/** Longest `logs --follow`: a process without a deadline would be forgotten. */
const FOLLOW_MS = 7 * 24 * 3_600_000;
const PRINT_MS = 60_000;

/** Exit code 0 also where a person ended it with Ctrl-C. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, args, options, configFile, signal } = context;
  refuseJson(context, "logs");
  const project = await knownProject(host, configFile);
  const units = await deployedUnits(host, project, args);
  const tail = options.tail === undefined ? 100 : Number(options.tail);
  if (!Number.isInteger(tail) || tail < 0) {
    throw new SoloflowError("usage", `--tail: "${options.tail}" is not a number of lines`, {
      exitCode: EXIT.usage,
    });
  }
  const follow = options.follow === true;
  const instances = units.flatMap((unit) => unit.instances.map((instance) => instance.name));
  const command = composeLogs(modelFile(project), project.name, { instances, tail, follow });
  const timeoutMs = follow ? FOLLOW_MS : PRINT_MS;
  const outcome = await host.exec(command, { timeoutMs, stdio: "inherit" });
  if (outcome.kind === "ok" || signal.aborted) return EXIT.done;
  if (outcome.kind === "killed" && outcome.by !== "timeout") return EXIT.done;
  await refuseWithoutDocker(host, outcome);
  if (outcome.kind === "killed") throw tooLong(timeoutMs);
  return EXIT.failed;
}

function tooLong(timeoutMs: number): SoloflowError {
  return new SoloflowError("logs", `docker compose logs was ended after ${formatDuration(timeoutMs)}`, {
    hint: "ask for less: soloflow-agent logs SERVICE --tail 100",
  });
}
