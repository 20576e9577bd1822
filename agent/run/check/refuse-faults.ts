import { formatFault } from "../../config/fault.ts";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { asSeenByDeploy } from "../../plan/check/rules.ts";
import { runChecks } from "../check.ts";
import type { Project } from "../project.ts";

/**
 * What `check` finds, before a deploy builds anything: warnings are counted, errors end it.
 * Errors: SoloflowError "check" (exit 2) whose message is every error, one below the other.
 */
export async function refuseFaults(host: Host, project: Project, progress: Progress): Promise<void> {
  const faults = asSeenByDeploy(await runChecks(host, project));
  const errors = faults.filter((fault) => fault.severity === "error");
  if (errors.length > 0) {
    throw new SoloflowError("check", errors.map(formatFault).join("\n"), {
      hint: "nothing was touched; mend what is named above and deploy again",
      exitCode: EXIT.usage,
    });
  }
  const warnings = faults.filter(({ severity }) => severity === "warning").length;
  if (warnings > 0)
    progress.say(`${warnings} ${warnings === 1 ? "warning" : "warnings"}: soloflow-agent check tells them`);
}
