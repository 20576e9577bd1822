import type { Exec } from "../../core/command.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import type { Colour } from "../../plan/colour.ts";
import type { Start } from "../../plan/step.ts";
import type { Desired, Unit } from "../../plan/unit.ts";
import type { StepLog } from "../operation.ts";
import type { Project } from "../project.ts";
import type { readModel } from "./model-file.ts";

/** What every step of one deploy works with. */
export type Execution = {
  host: Host;
  /** As the host's, with the operation's lock handed to the child. */
  exec: Exec;
  project: Project;
  store: Store;
  desired: Desired;
  /** The model of the deploy before: what a restore starts from. */
  before: Awaited<ReturnType<typeof readModel>>;
  progress: Progress;
  log: StepLog;
  /** Aborted by Ctrl-C: the deploy is then put back. */
  signal: AbortSignal;
  /** What has been done, in order; taken back from its end. */
  done: Done[];
  /** Files that this deploy replaced and that have a former self; see `replaceFile`. */
  replaced: string[];
  /** Service to what was measured. */
  readyAfterMs: Map<string, number>;
};

export type Done =
  | DoneStart
  | { did: "detach"; service: string }
  | { did: "stop"; service: string; container: string }
  | { did: "flip"; service: string; from: Colour };

/** `at`: just before Compose was asked, milliseconds since the epoch. */
export type DoneStart = { did: "start"; start: Start; at: number };

export function unitOf(execution: Execution, service: string): Unit {
  const unit = execution.desired.units.find((candidate) => candidate.service === service);
  if (unit === undefined) throw new Error(`a step names ${service}, which is in no plan`);
  return unit;
}
