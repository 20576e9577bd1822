import { Secret } from "../../agent/core/secret.ts";
import { openStore } from "../../agent/host/store/open-store.ts";
import type { RotationWish } from "../../agent/plan/rotate/facts.ts";
import type { Rotation } from "../../agent/plan/rotate/types.ts";
import { type Earlier, seeToEarlier } from "../../agent/run/rotate/earlier-rotation.ts";
import { type RotateResult, rotateSecrets } from "../../agent/run/rotate/rotate-secrets.ts";
import { listRotations } from "../../agent/run/rotate/rotation-record.ts";
import { Killed, type RotationWorld } from "./rotation-world.ts";

const EXTERNAL = "STRIPE_SECRET_KEY";
let typed = 0;

/** One `rotate-secrets` of these names; "all" has a value for the external one too. */
export function rotate(
  { host, project, progress }: RotationWorld,
  names: readonly string[],
  {
    signal = new AbortController().signal,
    ...more
  }: Partial<Omit<RotationWish, "given">> & { signal?: AbortSignal } = {},
): Promise<RotateResult> {
  typed += 1;
  const wish: Omit<RotationWish, "given"> = { which: "named", names, compromised: false, ...more };
  const given = { [EXTERNAL]: new Secret(`sk_live_typed_by_hand_${typed}`) };
  const agree = async () => undefined;
  const options = { wish, given, who: "a test", agree, waitMs: 0, progress, signal };
  return rotateSecrets(host, project, options);
}

export function see({ host, project, progress }: RotationWorld, asked: Earlier): Promise<Rotation[]> {
  return seeToEarlier(host, project, asked, { waitMs: 0, progress, signal: new AbortController().signal });
}

/** Runs a command that dies at `point`; false where it never comes there. */
export async function killedAt(
  world: RotationWorld,
  point: string,
  command: () => Promise<unknown>,
): Promise<boolean> {
  world.killAt = point;
  try {
    await command();
    return false;
  } catch (thrown) {
    if (thrown instanceof Killed) return true;
    throw thrown;
  } finally {
    world.killAt = undefined;
  }
}

/** Newest first. */
export function rotations({ project }: RotationWorld): Rotation[] {
  using store = openStore(project.paths.database);
  return listRotations(store, 100);
}
