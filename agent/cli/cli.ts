import { parseDuration } from "../core/duration.ts";
import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";
import { createAsk } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { LiveProgress } from "./live-progress.ts";
import { createOutput } from "./output.ts";
import type { CliProcess } from "./own-process.ts";
import { parseArguments } from "./parse-arguments.ts";
import { commandWords } from "./verbs.ts";

type Surroundings = {
  host: () => Promise<Host>;
  process: CliProcess;
  version: string;
  signal: AbortSignal;
};

/** Runs one command line and gives its exit code. Never throws. */
export async function runCli(
  argv: readonly string[],
  { host, process, version, signal }: Surroundings,
): Promise<ExitCode> {
  const output = createOutput(process, process.env);
  const debug = argv.includes("--debug");
  try {
    const parsed = parseArguments(argv, version);
    if (parsed.answer !== undefined) {
      if (argv.includes("--json")) output.json({ schema: 1, ...parsed.answer });
      else output.line(Object.values(parsed.answer).join());
      return EXIT.done;
    }
    const { verb, args, options } = parsed;
    const yes = options.yes === true;
    const context: CliContext = {
      host: await host(),
      args,
      options,
      output,
      progress: new LiveProgress(output, process),
      ask: createAsk({ streams: process, yes, signal }),
      configFile: text(options.config) ?? "soloflow.toml",
      json: options.json === true,
      yes,
      waitMs: waitOption(options.wait),
      signal,
      commands: commandWords(),
    };
    return await (await verb.load()).run(context);
  } catch (thrown) {
    output.error(thrown, debug);
    return thrown instanceof SoloflowError ? thrown.exitCode : EXIT.failed;
  }
}

function waitOption(value: unknown): number {
  if (value === undefined) return 0;
  const ms = parseDuration(String(value));
  if (ms !== undefined) return ms;
  throw new SoloflowError("usage", `--wait: "${value}" is not a duration`, {
    hint: "for instance --wait 10m",
    exitCode: EXIT.usage,
  });
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
