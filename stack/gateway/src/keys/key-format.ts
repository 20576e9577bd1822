export type ParsedKey = {
  /** Public: what the row is looked up by, and what logs may show. */ readonly keyId: string;
};

/** `sk_<mode>_`, 12 characters of base62 that name the key, and 32 that nobody can guess. */
const FORMAT = /^sk_(?:test|live)_([0-9A-Za-z]{12})[0-9A-Za-z]{32}$/;

/** What a key says of itself; undefined for whatever cannot be one, which then costs no look-up. */
export function parseKey(text: string): ParsedKey | undefined {
  const keyId = FORMAT.exec(text)?.[1];
  return keyId === undefined ? undefined : { keyId };
}
