import { EXIT, type ExitCode } from "../core/errors.ts";
import { resume } from "../run/resume.ts";
import type { CliContext } from "./context.ts";
import { whichProject } from "./which-project.ts";

export async function run(context: CliContext): Promise<ExitCode> {
  const { host, args, json, output } = context;
  const resumed = await resume(host, await whichProject(context), args[0]);
  if (json) output.json({ schema: 1, ...resumed });
  else {
    const what = resumed.service ?? "all services";
    const who = resumed.watched
      ? "the watchdog looks after"
      : "no watchdog runs now; the next one looks after";
    output.line(`${who} ${what}`);
  }
  return EXIT.done;
}
