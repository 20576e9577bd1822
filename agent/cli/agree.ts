import { EXIT, SoloflowError } from "../core/errors.ts";
import type { CliContext } from "./context.ts";

/**
 * Shows what would be done and asks whether to; nothing to do is no question. Errors: SoloflowError "usage" (exit 2)
 * where nobody agreed.
 */
export async function agree(
  { json, output, ask }: CliContext,
  command: string,
  titles: readonly string[],
): Promise<void> {
  if (titles.length === 0) return;
  if (!json) for (const [index, title] of titles.entries()) output.line(`${index + 1}. ${title}`);
  if (await ask.confirm("Do this now?")) return;
  throw new SoloflowError("usage", "nothing was changed", {
    hint: `soloflow-agent ${command} --yes does it without asking`,
    exitCode: EXIT.usage,
  });
}
