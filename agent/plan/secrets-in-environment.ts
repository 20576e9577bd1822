import type { Config } from "../config/config.ts";

/** Whose processes have a secret in their environment, in words; undefined for one that is delivered as a file. */
export function inEnvironment({ secret }: Config, name: string): string | undefined {
  const { deliver, for: services = [] } = secret[name] ?? {};
  return deliver === "env" && services.length > 0
    ? `${name} stands in the environment of ${services.join(" and ")}`
    : undefined;
}
