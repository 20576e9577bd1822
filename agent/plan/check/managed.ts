import type { Config } from "../../config/config.ts";

/** Whether the agent delivers this name to the service: then what compose and env files say of it is not used. */
export function isManaged(config: Config, service: string, name: string): boolean {
  return config.secret[name]?.for.includes(service) === true;
}
