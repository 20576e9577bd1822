/** Stand in the place of a service for what belongs to none; no service of Compose can be called so. */
export const ENGINE = "docker engine";
export const MACHINE = "this machine";
/** What several services have to have alike; see drift.ts. */
export const SHARED_SECRETS = "a shared secret";

/** What the schedule of rotations tells. */
export const ROTATION = "the rotation of secrets";

export function isNoService(name: string): boolean {
  return name === ENGINE || name === MACHINE || name === SHARED_SECRETS || name === ROTATION;
}
