import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Ask } from "../../core/progress.ts";
import type { Secret } from "../../core/secret.ts";
import { parseIdentity } from "../../host/secret-store/identity.ts";

/** From a hidden prompt or standard input. Errors: SoloflowError "usage" (exit 2) for what has not its form. */
export async function askRecoveryKey(ask: Ask): Promise<Secret> {
  const key = parseIdentity((await ask.hidden("recovery key (AGE-SECRET-KEY-1…)")) ?? "");
  if (key !== undefined) return key;
  throw new SoloflowError("usage", "that is not a recovery key", {
    hint: "it starts with AGE-SECRET-KEY-1 and was shown when the first secret was stored",
    exitCode: EXIT.usage,
  });
}
