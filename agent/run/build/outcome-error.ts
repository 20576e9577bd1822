import type { Outcome } from "../../core/command.ts";
import { formatDuration } from "../../core/duration.ts";
import { EXIT, SoloflowError } from "../../core/errors.ts";

type NotOk = Exclude<Outcome, { kind: "ok" }>;

/**
 * The error of a child that did not end by itself, or that is not there: "cancelled", "timeout", "killed",
 * "no-docker" or "missing". undefined for one that ended with a code of its own.
 */
export function endedBadly(outcome: NotOk, doing: string, timeoutMs: number): SoloflowError | undefined {
  if (outcome.kind === "failed") return undefined;
  if (outcome.kind === "missing") return missing(outcome.program, doing);
  switch (outcome.by) {
    case "cancel":
      return new SoloflowError("cancelled", `cancelled while ${doing}`, {
        hint: "nothing that runs was changed; the same command goes on from here",
      });
    case "timeout":
      return new SoloflowError("timeout", `${doing} did not end within ${formatDuration(timeoutMs)}`, {
        hint: "run it again: what was done so far is in the builder's cache",
      });
    case "signal":
      return new SoloflowError("killed", `${doing}: the process was killed`, {
        hint: "the machine may be short of memory: `dmesg | tail` says so",
      });
    default:
      return outcome.by satisfies never;
  }
}

function missing(program: string, doing: string): SoloflowError {
  if (program !== "docker")
    return new SoloflowError("missing", `${doing}: there is no ${program} on this machine`);
  return new SoloflowError("no-docker", "there is no docker command on this machine", {
    hint: "soloflow-agent setup installs it",
    exitCode: EXIT.noDocker,
  });
}
