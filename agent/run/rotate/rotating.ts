import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Secrets } from "../../plan/secrets.ts";
import type { KnownProject } from "../known-project.ts";
import type { Operation, StepLog } from "../operation.ts";
import type { Project } from "../project.ts";

/** What every point of a rotation works with. */
export type Rotating = Pick<Operation, "exec" | "store" | "lease"> & {
  host: Host;
  project: Project;
  progress: Progress;
  log: StepLog;
  /** Aborted by Ctrl-C: up to the commit the rotation is then taken back, after it brought to its end. */
  signal: AbortSignal;
  /** The new values, one version of each name; there only in the command that began the rotation. */
  fresh?: Secrets;
  /** Names that are given up whatever still stands on them. */
  retired: readonly string[];
};

export function knownOf({ project }: Pick<Rotating, "project">): KnownProject {
  return { name: project.config.project, paths: project.paths };
}
