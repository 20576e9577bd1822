import type { Command, Limits, Outcome } from "../../core/command.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { SetupPaths } from "./setup-paths.ts";
import { setupPaths } from "./setup-paths.ts";
import { systemCommand } from "./system-command.ts";

/** The machine as setup sees it: every command it starts is a system command. */
export type SetupHost = {
  host: Host;
  paths: SetupPaths;
  signal: AbortSignal;
  /** Runs it and gives how it ended. */
  try(argv: Command["argv"], limits: Omit<Limits, "signal">): Promise<Outcome>;
  /** Its standard output. Errors: SoloflowError "setup" with the end of what it printed. */
  run(argv: Command["argv"], limits: Omit<Limits, "signal">): Promise<string>;
};

/** `lockFd` is handed to every child, so that a second setup waits for what a killed one left running. */
export function setupHost(host: Host, signal: AbortSignal, lockFd: number | undefined): SetupHost {
  const fds = lockFd === undefined ? [] : [lockFd];
  const attempt: SetupHost["try"] = (argv, limits) =>
    host.exec(systemCommand(host.env.PATH, argv, fds), { ...limits, signal });
  return {
    host,
    paths: setupPaths(host),
    signal,
    try: attempt,
    run: async (argv, limits) => {
      const outcome = await attempt(argv, limits);
      if (outcome.kind === "ok") return outcome.stdout;
      throw failure(argv, outcome);
    },
  };
}

/** Lines of a failed command that a message shows; the end says what went wrong. */
const SHOWN_LINES = 8;

function failure(argv: Command["argv"], outcome: Exclude<Outcome, { kind: "ok" }>): SoloflowError {
  const [program] = argv;
  const command = argv.filter((word, index) => !word.startsWith("-") && argv[index - 1] !== "-o").join(" ");
  if (outcome.kind === "missing") return new SoloflowError("setup", `${program} is not on this machine`);
  const how =
    outcome.kind === "failed" ? `failed (exit code ${outcome.code})` : `was stopped (${outcome.by})`;
  const lines = `${outcome.stdout}\n${outcome.stderr}`.split("\n").filter((line) => line.trim() !== "");
  return new SoloflowError("setup", [`${command} ${how}`, ...lines.slice(-SHOWN_LINES)].join("\n  "), {
    hint: "run soloflow-agent setup again: it goes on from what is there",
  });
}
