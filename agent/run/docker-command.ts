import type { Outcome } from "../core/command.ts";
import { EXIT, SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";

/**
 * Tells a docker command that failed for want of Docker from one that failed for a reason of its own, which the
 * caller tells. Errors: SoloflowError "no-docker" (exit 6) without the command, and without its engine.
 */
export async function refuseWithoutDocker(host: Pick<Host, "engine">, outcome: Outcome): Promise<void> {
  if (outcome.kind === "missing") {
    throw new SoloflowError("no-docker", `there is no ${outcome.program} command on this machine`, {
      hint: "soloflow-agent setup installs it",
      exitCode: EXIT.noDocker,
    });
  }
  if (outcome.kind === "failed") await host.engine.version();
}
