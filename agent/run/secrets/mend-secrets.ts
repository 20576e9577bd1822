import type { Outcome } from "../../core/command.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { firstLines } from "../first-lines.ts";
import type { KnownProject } from "../known-project.ts";
import { ownProgram } from "../own-program.ts";
import { missingSecrets } from "./missing-secrets.ts";

const RENDER_MS = 30_000;

/**
 * Has the folders of secrets that are gone written again, by another process: what is decrypted never enters this one.
 * Gives the services whose folder was missing; where Docker tried to start one meanwhile, it does not try again.
 * SOLOFLOW_SECRETS_UNIT, set by the agent's own unit, names the unit that may give files to other users, which the
 * sandbox of the watchdog may not. Errors: SoloflowError "secrets"; those of `missingSecrets`.
 */
export async function mendSecrets(
  host: Pick<Host, "files" | "uid" | "exec" | "env">,
  project: KnownProject,
  { program = ownProgram(), signal }: { program?: readonly [string, ...string[]]; signal?: AbortSignal } = {},
): Promise<string[]> {
  const missing = await missingSecrets(host, project);
  if (missing.length === 0) return [];
  const unit = host.env.SOLOFLOW_SECRETS_UNIT;
  const outcome = await host.exec(
    {
      argv:
        unit === undefined
          ? [...program, "secrets", "render", "--project", project.name]
          : ["systemctl", "start", unit],
    },
    { timeoutMs: RENDER_MS, ...(signal === undefined ? {} : { signal }) },
  );
  if (outcome.kind === "ok") return missing;
  throw new SoloflowError(
    "secrets",
    `the secrets of ${missing.join(", ")} are not in memory: ${why(outcome)}`,
    {
      hint:
        unit === undefined
          ? `soloflow-agent secrets render --project ${project.name}`
          : `journalctl --unit ${unit} says more`,
    },
  );
}

function why(outcome: Exclude<Outcome, { kind: "ok" }>): string {
  if (outcome.kind === "missing") return `there is no ${outcome.program}`;
  return outcome.kind === "killed" ? "it took too long" : firstLines(outcome.stderr);
}
