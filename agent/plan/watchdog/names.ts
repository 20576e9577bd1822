/** Stand in the place of a service for what belongs to none; no service of Compose can be called so. */
export const ENGINE = "docker engine";
export const MACHINE = "this machine";
