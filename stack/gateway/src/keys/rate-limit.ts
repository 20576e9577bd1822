import { LruMap } from "../core/lru-map.ts";

/** A bucket of `burst` tokens into which `perSecond` fall; a request takes one. */
export type RateLimit = { readonly perSecond: number; readonly burst: number };

export type RateVerdict = {
  readonly allowed: boolean;
  /** Whole tokens left after this request. */
  readonly remaining: number;
  /** Until the next request can pass, in whole seconds; 0 when one can now. */
  readonly retryAfterSeconds: number;
  /** Until the bucket is full, in whole seconds. */
  readonly resetSeconds: number;
};

export type Bucket = { readonly tokens: number; readonly at: number };

/** The bucket after a request at `now` (ms), and whether the request passes. A refused one takes nothing. */
export function takeToken(
  { perSecond, burst }: RateLimit,
  before: Bucket | undefined,
  now: number,
): { readonly bucket: Bucket; readonly verdict: RateVerdict } {
  const elapsed = Math.max(now - (before?.at ?? now), 0);
  const filled = Math.min(burst, (before?.tokens ?? burst) + (elapsed * perSecond) / 1000);
  const allowed = filled >= 1;
  const tokens = allowed ? filled - 1 : filled;
  const verdict = {
    allowed,
    remaining: Math.floor(tokens),
    retryAfterSeconds: tokens >= 1 ? 0 : Math.max(Math.ceil((1 - tokens) / perSecond), 1),
    resetSeconds: Math.ceil((burst - tokens) / perSecond),
  };
  return { bucket: { tokens, at: now }, verdict };
}

/** Buckets by key, in memory. Of more than `maxKeys` the one used longest ago is forgotten, and so full again. */
export function createRateLimiter(
  limit: RateLimit,
  maxKeys: number,
): (keyId: string, now: number) => RateVerdict {
  const buckets = new LruMap<string, Bucket>(maxKeys);
  return (keyId, now) => {
    const { bucket, verdict } = takeToken(limit, buckets.get(keyId), now);
    buckets.set(keyId, bucket);
    return verdict;
  };
}
