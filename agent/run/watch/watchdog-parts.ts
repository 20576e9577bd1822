import type { Exec } from "../../core/command.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { WatchState } from "../../plan/watchdog/state.ts";
import type { KnownProject } from "../known-project.ts";
import type { Complaints } from "./complaints.ts";
import type { Memory } from "./memory.ts";
import type { Speak } from "./speak.ts";
import type { SteadyClock } from "./steady-clock.ts";

/** What a watchdog works with. */
export type WatchdogParts = {
  host: Host;
  exec: Exec;
  project: KnownProject;
  memory: Memory;
  steady: SteadyClock;
  state: WatchState;
  progress: Progress;
  speak: Speak;
  complaints: Complaints;
  version: string;
  signal: AbortSignal;
  /** Gives back memory that only the start has needed. */
  trim(): void;
};
