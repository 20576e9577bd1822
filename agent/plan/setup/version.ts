/**
 * The numbers of a version, most significant first: "26.1.5+dfsg1-9", "v2.26.1", "5:27.3.1-1~debian.12".
 * undefined where the text does not begin with one.
 */
export function parseVersion(text: string): readonly number[] | undefined {
  const match = /^(?:\d+:)?v?(\d+(?:\.\d+)*)/.exec(text.trim());
  return match?.[1]?.split(".").map(Number);
}

/** "26.1.5" out of whatever a program or a package calls it; the text itself where it is no version. */
export function plainVersion(text: string): string {
  return parseVersion(text)?.join(".") ?? text;
}

/** Whether `text` is a version that is not older than `least`; false where it is none. */
export function isAtLeast(text: string | undefined, least: string): boolean {
  const have = parseVersion(text ?? "");
  const want = parseVersion(least);
  if (have === undefined || want === undefined) return false;
  for (let place = 0; place < Math.max(have.length, want.length); place += 1) {
    const difference = (have[place] ?? 0) - (want[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
