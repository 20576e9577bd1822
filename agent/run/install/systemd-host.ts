import type { Command, Outcome } from "../../core/command.ts";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { systemCommand } from "../setup/system-command.ts";

/** A machine that systemd runs, as root sees it. */
export type SystemdHost = {
  host: Host;
  signal: AbortSignal;
  try(argv: Command["argv"], timeoutMs?: number): Promise<Outcome>;
  /** Its standard output. Errors: SoloflowError "install" with the end of what it printed. */
  run(argv: Command["argv"], timeoutMs?: number): Promise<string>;
};

const QUICK_MS = 30_000;
/** Lines of a failed command that a message shows; the end says what went wrong. */
const SHOWN_LINES = 8;

/** Errors: SoloflowError "install" (exit 2) on a machine without systemd, or for somebody who is not root. */
export async function systemdHost(host: Host, project: string, signal: AbortSignal): Promise<SystemdHost> {
  if ((await host.files.stat("/run/systemd/system")) === undefined) {
    throw refused("this machine is not run by systemd", {
      hint: `run soloflow-agent watch --project ${project} under your own supervisor, and soloflow-agent secrets render --project ${project} before Docker starts`,
    });
  }
  if (host.uid !== 0) throw refused("only root can do that", { hint: "sudo soloflow-agent install" });
  refuseMoved(host);
  const attempt: SystemdHost["try"] = (argv, timeoutMs = QUICK_MS) =>
    host.exec(systemCommand(host.env.PATH, argv), { timeoutMs, signal });
  const run: SystemdHost["run"] = async (argv, timeoutMs) => {
    const outcome = await attempt(argv, timeoutMs);
    if (outcome.kind === "ok") return outcome.stdout;
    throw failure(argv, outcome);
  };
  return { host, signal, try: attempt, run };
}

/** The service finds the state where root's commands put it by themselves, and nowhere else. */
function refuseMoved(host: Host): void {
  const moved = ["SOLOFLOW_STATE_DIR", "SOLOFLOW_RUN_DIR"].filter((name) => host.env[name] !== undefined);
  if (moved.length > 0)
    throw refused(`${moved.join(" and ")} is set, and the service would not know of it`, {
      hint: "unset it: the state of root's projects is in /var/lib/soloflow",
    });
}

function refused(message: string, { hint }: { hint: string }): SoloflowError {
  return new SoloflowError("install", message, { hint, exitCode: EXIT.usage });
}

function failure(argv: Command["argv"], outcome: Exclude<Outcome, { kind: "ok" }>): SoloflowError {
  if (outcome.kind === "missing")
    return new SoloflowError("install", `${outcome.program} is not on this machine`);
  const how =
    outcome.kind === "failed" ? `failed (exit code ${outcome.code})` : `was stopped (${outcome.by})`;
  const lines = `${outcome.stdout}\n${outcome.stderr}`.split("\n").filter((line) => line.trim() !== "");
  return new SoloflowError(
    "install",
    [`${argv.join(" ")} ${how}`, ...lines.slice(-SHOWN_LINES)].join("\n  "),
    {
      hint: "run it again: it goes on from what is there",
    },
  );
}
