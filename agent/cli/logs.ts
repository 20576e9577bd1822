import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { composeLogs } from "../plan/docker.ts";
import { modelFile } from "../run/deploy/model-file.ts";
import { deployedUnits } from "../run/instances.ts";
import { knownProject } from "../run/known-project.ts";
import type { CliContext } from "./context.ts";

/** Longest `logs --follow`: a process without a deadline would be forgotten. */
const FOLLOW_MS = 7 * 24 * 3_600_000;
const PRINT_MS = 60_000;

export async function run({ host, args, options, configFile }: CliContext): Promise<ExitCode> {
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
  const outcome = await host.exec(command, {
    timeoutMs: follow ? FOLLOW_MS : PRINT_MS,
    stdio: "inherit",
  });
  return outcome.kind === "ok" || outcome.kind === "killed" ? EXIT.done : EXIT.failed;
}
