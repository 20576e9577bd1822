import { basename, join } from "node:path";
import type { Outcome } from "../../core/command.ts";
import { SoloflowError } from "../../core/errors.ts";
import { UNIT_FOLDER } from "../../plan/systemd/places.ts";
import { installFiles } from "../../plan/systemd/plan-install.ts";
import type { SystemdHost } from "./systemd-host.ts";

/**
 * Lets this machine's systemd judge the units before they are put in place. Errors: SoloflowError "install" with what
 * it says; nothing of systemd's was changed.
 */
export async function verifyUnits(systemd: SystemdHost, project: string): Promise<void> {
  const { files } = systemd.host;
  const work = `/run/soloflow-verify-${process.pid}`;
  const units = Object.entries(installFiles(project)).filter(([path]) => path.startsWith(UNIT_FOLDER));
  try {
    const paths = [];
    for (const [path, text] of units) {
      const unit = join(work, basename(path).replace("@", `@${project}`));
      await files.writeAtomic(unit, text);
      paths.push(unit);
    }
    const verdict = await verify(systemd, paths);
    if (verdict.kind === "ok" || verdict.kind === "missing") return;
    throw new SoloflowError("install", `systemd does not accept the units:\n${verdict.stderr.trimEnd()}`, {
      hint: "systemctl --version says which systemd this is; 252 is the oldest that was tried",
    });
  } finally {
    await files.remove(work);
  }
}

/** Before systemd 250 there is no such option, and the exit code tells faults of other units too. */
async function verify(systemd: SystemdHost, paths: readonly string[]): Promise<Outcome> {
  const outcome = await systemd.try(["systemd-analyze", "verify", "--recursive-errors=no", ...paths]);
  const old = outcome.kind === "failed" && outcome.stderr.includes("unrecognized option");
  return old ? { kind: "ok", stdout: "", stderr: "" } : outcome;
}
