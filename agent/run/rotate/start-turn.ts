import type { Outcome } from "../../core/command.ts";
import type { Host } from "../../host/host.ts";
import type { AlertAction } from "../../plan/alerts/alert.ts";
import { failedTurn } from "../../plan/rotate/reminders.ts";
import { firstLines } from "../first-lines.ts";
import type { KnownProject } from "../known-project.ts";
import { ownProgram } from "../own-program.ts";

/** Of the unit too (plan/systemd/rotate-unit.ts); more than any stack needs to change all its containers three times. */
const TURN_MS = 7_200_000;

type Options = { program?: readonly [string, ...string[]]; signal: AbortSignal };

/**
 * Has a short-lived process of its own do what it is time for: what it decrypts never enters this one. Resolves when
 * that has ended, with what a person is to be told where it failed. SOLOFLOW_ROTATE_UNIT, set by the agent's own unit, names the unit that may give
 * files to other users, which the sandbox of the watchdog may not, and which lives on when the watchdog does not.
 */
export async function startTurn(
  host: Pick<Host, "exec" | "env">,
  { name }: KnownProject,
  { program = ownProgram(), signal }: Options,
): Promise<AlertAction | undefined> {
  const unit = host.env.SOLOFLOW_ROTATE_UNIT;
  const outcome = await host.exec(
    {
      argv:
        unit === undefined
          ? [...program, "rotate-secrets", "--scheduled", "--json", "--project", name]
          : ["systemctl", "start", unit],
    },
    { timeoutMs: TURN_MS, signal },
  );
  if (outcome.kind === "ok" || signal.aborted) return undefined;
  const next = unit === undefined ? "soloflow-agent rotate-secrets --dry-run" : `journalctl --unit ${unit}`;
  return failedTurn(wordsOf(outcome), next);
}

function wordsOf(outcome: Exclude<Outcome, { kind: "ok" }>): string {
  if (outcome.kind === "missing") return `there is no ${outcome.program}`;
  if (outcome.kind === "killed") return "it took too long, or was killed";
  return errorLine(outcome.stderr) ?? (firstLines(outcome.stderr) || `exit code ${outcome.code}`);
}

/** Of all that it has said on the way, what went wrong at the end. */
function errorLine(stderr: string): string | undefined {
  return /^error: (.+)$/m.exec(stderr)?.[1];
}
