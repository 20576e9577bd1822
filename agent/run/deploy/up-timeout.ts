import { parseDuration } from "../../core/duration.ts";
import type { ComposeService } from "../../plan/compose-model.ts";

/** Making and starting containers is short; pulling and building are over before. */
const UP_TIMEOUT_MS = 120_000;

/** How long one `up` may take, milliseconds: what it stops has its own grace before. */
export function upTimeoutMs(specs: readonly (ComposeService | undefined)[]): number {
  const graces = specs.map((spec) => parseDuration(spec?.stop_grace_period ?? "") ?? 0);
  return UP_TIMEOUT_MS + Math.max(0, ...graces);
}
