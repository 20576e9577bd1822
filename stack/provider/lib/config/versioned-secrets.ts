export type VersionedSecret = { readonly version: number; readonly value: string };
/** Never empty: the first one issues, all of them are accepted. */
export type VersionedSecrets = readonly [VersionedSecret, ...VersionedSecret[]];
export type ParsedSecrets = { secrets: VersionedSecrets } | { fault: string };

/**
 * Reads `2:new,1:old`, or a bare value, which is version 1. Text that begins
 * with digits and a colon is always a list, so that a slip in one entry is a
 * fault and never a very long secret. A fault names an entry by its place and
 * quotes nothing of it.
 */
export function parseVersionedSecrets(text: string): ParsedSecrets {
  if (!/^\d+:/.test(text)) return { secrets: [{ version: 1, value: text }] };
  const entries: VersionedSecret[] = [];
  for (const [index, part] of text.split(",").entries()) {
    const match = /^\s*(\d{1,9}):(.*)$/s.exec(part);
    const value = match?.[2]?.trim();
    if (!match || !value) return { fault: `entry ${index + 1} of the list is not <version>:<value>` };
    entries.push({ version: Number(match[1]), value });
  }
  const [first, ...rest] = entries;
  if (!first) return { fault: "the list is empty" };
  if (new Set(entries.map((entry) => entry.version)).size < entries.length) {
    return { fault: "the list has a version twice" };
  }
  return { secrets: [first, ...rest] };
}
