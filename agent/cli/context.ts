import type { Ask, Progress } from "../core/progress.ts";
import type { Host } from "../host/host.ts";
import type { Output } from "./output.ts";

/** A command as shells complete it. */
export type CommandWords = { names: readonly string[]; summary: string; flags: readonly string[] };

/** What a verb gets. Options are as cac parsed them: camel case, `true` for a bare flag. */
export type CliContext = {
  host: Host;
  args: readonly string[];
  options: Readonly<Record<string, unknown>>;
  output: Output;
  progress: Progress;
  ask: Ask;
  configFile: string;
  json: boolean;
  yes: boolean;
  /** How long to wait for another operation to end, milliseconds; 0 does not wait. */
  waitMs: number;
  /** Aborted by Ctrl-C or SIGTERM. */
  signal: AbortSignal;
  commands: readonly CommandWords[];
};
