import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { CliContext } from "../context.ts";

/**
 * Values go to a terminal, where a person asked for them, or to where `--reveal` says that they may; not by
 * accident into a log or a pipe. Errors: SoloflowError "secrets-reveal" (exit 2).
 */
export function refuseToReveal({ output, options, json }: CliContext, otherwise = ""): void {
  if (options.reveal === true || (output.isTerminal && !json)) return;
  throw new SoloflowError(
    "secrets-reveal",
    "this would write secret values to something that is no terminal",
    {
      hint: `add --reveal where that is meant${otherwise}`,
      exitCode: EXIT.usage,
    },
  );
}
