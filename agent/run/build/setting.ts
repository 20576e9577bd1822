import type { Exec } from "../../core/command.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import type { Project } from "../project.ts";

/** What building and pulling work with. */
export type BuildSetting = {
  host: Pick<Host, "files" | "engine" | "clock" | "env" | "uid">;
  /** The operation's: it hands the project's lock to each child. */
  exec: Exec;
  project: Project;
  progress: Progress;
  /** Aborted by Ctrl-C. What is finished by then stays. */
  signal: AbortSignal;
};

/** Times and sizes of earlier builds. */
export type BuildHistory = Pick<Store["builds"], "record" | "history">;
