import { EXIT, type ExitCode } from "../core/errors.ts";
import { watch } from "../run/watch/watch.ts";
import type { CliContext } from "./context.ts";
import { refuseJson } from "./refuse-json.ts";
import { whichProject } from "./which-project.ts";

declare const SOLOFLOW_VERSION: string;

const version = typeof SOLOFLOW_VERSION === "string" ? SOLOFLOW_VERSION : "development";

/** Runs until Ctrl-C or SIGTERM, which is its good end. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, progress, signal } = context;
  refuseJson(context, "watch");
  await watch(host, await whichProject(context), { version, progress, signal });
  return EXIT.done;
}
