import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { knownProject } from "../run/known-project.ts";
import { readStatus } from "../run/status/status.ts";
import type { CliContext } from "./context.ts";
import { statusLines } from "./status-text.ts";
import { watchStatus } from "./status-watch.ts";

/**
 * Exit code 6 where Docker cannot be reached, else 0: what is wrong with a service is in the answer. With --watch 0
 * when a person has ended it.
 */
export async function run({
  host,
  configFile,
  options,
  json,
  output,
  signal,
}: CliContext): Promise<ExitCode> {
  const project = await knownProject(host, configFile);
  if (options.watch === true) {
    if (json) throw twoMinds();
    await watchStatus({ host, project, output, signal });
    return EXIT.done;
  }
  const status = await readStatus(host, project, { detail: json });
  if (json) output.json({ schema: 1, ...status });
  else for (const line of statusLines(status, output.inLine, host.clock.now())) output.line(line);
  return status.engine.reachable ? EXIT.done : EXIT.noDocker;
}

function twoMinds(): SoloflowError {
  return new SoloflowError("usage", "--json is one document, and --watch has no end", {
    hint: "leave one of the two out",
    exitCode: EXIT.usage,
  });
}
