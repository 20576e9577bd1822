import { reason } from "../../core/errors.ts";
import { isUnderWay } from "../../plan/rotate/machine.ts";
import { openRotations } from "./rotation-record.ts";
import { type Settling, settleRotations } from "./settle.ts";

/**
 * `settleRotations` at the beginning of a command that may well be what mends the cause: what cannot be settled is said,
 * and tried again by the next command. Whoever writes the store calls `settleRotations` itself, and is refused then.
 */
export async function settleBefore(settling: Settling, command: string): Promise<void> {
  try {
    await settleRotations(settling);
  } catch (thrown) {
    const left = openRotations(settling.operation.store).filter(isUnderWay);
    const which = left.map(({ id, state }) => `rotation ${id} is left ${state}`).join(", ");
    settling.progress.warn(
      `${reason(thrown)}${which === "" ? "" : `; ${which}`}`,
      `after this ${command}: soloflow-agent rotate-secrets --settle`,
    );
  }
}
