/**
 * Names of services that the provider passes through but has no feature for
 * yet: nothing is charged, mailed or counted with them. They are read, and a
 * value of the wrong form is warned of, so that a swapped pair is seen on the
 * day it is set and not on the day a feature first needs it. They never keep
 * the provider from starting.
 */
export const EXTERNAL_FORMS: Readonly<Record<string, { form: RegExp; says: string }>> = {
  STRIPE_SECRET_KEY: { form: /^(sk|rk)_(test|live)_\S+$/, says: "sk_test_… or sk_live_…" },
  STRIPE_WEBHOOK_SECRET: { form: /^whsec_\S+$/, says: "whsec_…" },
  STRIPE_PRICE_STARTUP_PACK: { form: /^price_\S+$/, says: "price_…" },
  RESEND_API_KEY: { form: /^re_\S+$/, says: "re_…" },
  UPSTASH_REDIS_REST_URL: { form: /^https:\/\/\S+$/, says: "https://…" },
  UPSTASH_REDIS_REST_TOKEN: { form: /^\S{16,}$/, says: "16 characters or more, no spaces" },
};

/** Pairs of which one half alone is of no use. */
export const EXTERNAL_PAIRS: readonly (readonly [string, string])[] = [
  ["UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"],
  ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
  ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"],
];
