import { canonicalJson } from "../../core/canonical.ts";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { ImageSource } from "./image-spec.ts";

/** A source, where it is written, and whether in soloflow.toml (`own`), which is heard before the compose file. */
export type Claim = { where: string; own: boolean; source: ImageSource };

/**
 * One source a name, in the order of the first claims. Claims of soloflow.toml beat those of the compose file for
 * the same folder. Errors: SoloflowError "config" (exit 2) for two claims that would not give the same image.
 */
export function mergeSources(claims: readonly Claim[]): ImageSource[] {
  const byName = Map.groupBy(claims, (claim) => claim.source.name);
  return [...byName.values()].map(merge);
}

function merge(claims: readonly Claim[]): ImageSource {
  const winner = claims.find((claim) => claim.own) ?? claims[0];
  if (winner === undefined) throw new RangeError("an image that nobody claims");
  const rival = claims.find((claim) => !agree(winner, claim));
  if (rival !== undefined) throw conflict(winner, rival);
  const limits = claims.flatMap(({ source }) => source.maxBytes ?? []);
  return {
    ...winner.source,
    ...(limits.length === 0 ? {} : { maxBytes: Math.min(...limits) }),
    tags: [...new Set(claims.flatMap(({ source }) => source.tags))],
    services: [...new Set(claims.flatMap(({ source }) => source.services))],
    ignored: [...new Set(claims.flatMap(({ source }) => source.ignored))],
  };
}

function agree(winner: Claim, other: Claim): boolean {
  if (winner.own && !other.own) return winner.source.context === other.source.context;
  return identity(winner.source) === identity(other.source);
}

function identity(source: ImageSource): string {
  const { maxBytes: _, tags: __, services: ___, ignored: ____, ...rest } = source;
  return canonicalJson(rest);
}

function conflict(one: Claim, other: Claim): SoloflowError {
  return new SoloflowError(
    "config",
    `${one.where} and ${other.where} both build an image called ${one.source.name}, but not the same one`,
    { hint: 'give one of them another name: build = { …, image = "NAME" }', exitCode: EXIT.usage },
  );
}
