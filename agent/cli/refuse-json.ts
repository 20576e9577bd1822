import { EXIT, SoloflowError } from "../core/errors.ts";
import type { CliContext } from "./context.ts";

/** For what hands on another program's output: errors are SoloflowError "usage" (exit 2) where `--json` was asked for. */
export function refuseJson({ json }: CliContext, command: string): void {
  if (!json) return;
  throw new SoloflowError("usage", `${command} has no document: it prints what others have written`, {
    hint: "leave --json out",
    exitCode: EXIT.usage,
  });
}
