import type { Config } from "../../config/config.ts";
import type { SecretState } from "./types.ts";

/** When the value that issues has been in use for `every`, in milliseconds since 1970; undefined: never. */
export function dueAt(config: Config, { name, versions }: SecretState): number | undefined {
  const everyMs = config.secret[name]?.every;
  const [issuing] = versions;
  return everyMs === undefined || issuing === undefined ? undefined : Date.parse(issuing.createdAt) + everyMs;
}

/** Names that are due at `now`, the longest due first. */
export function dueNames(config: Config, states: readonly SecretState[], now: number): string[] {
  return states
    .flatMap((state) => {
      const at = dueAt(config, state);
      return at === undefined || at > now ? [] : [{ name: state.name, at }];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ name }) => name);
}
