type Numbered = { n: number; value: string };

/** How an app that accepts several values reads the text of a secret. No `why` contains anything of it. */
export type VersionList =
  | { kind: "bare" }
  | { kind: "list"; versions: readonly [Numbered, ...Numbered[]] }
  | { kind: "fault"; why: string };

/**
 * "2:new,1:old", of which the first issues, read just as the apps do (docs/rotating-secrets.md): white space around a value does
 * not count, and what begins with digits and a colon is always a list. Where the store took such a text for one long
 * value, the number that rows name would be another one after the next rotation, and every key void.
 */
export function readVersionList(text: string): VersionList {
  const trimmed = text.trim();
  if (!/^\d+:/.test(trimmed)) return { kind: "bare" };
  const versions: Numbered[] = [];
  for (const [index, part] of trimmed.split(",").entries()) {
    const [, n = "", value = ""] = /^\s*(\d{1,9}):(.*)$/s.exec(part) ?? [];
    const entry = { n: Number(n), value: value.trim() };
    if (entry.n < 1 || entry.value === "")
      return fault(`entry ${index + 1} is not <version>:<value>, with versions from 1 on`);
    versions.push(entry);
  }
  const [first, ...rest] = versions;
  if (first === undefined || new Set(versions.map(({ n }) => n)).size < versions.length)
    return fault("it has a version twice");
  return { kind: "list", versions: [first, ...rest] };
}

function fault(what: string): VersionList {
  return { kind: "fault", why: `begins like a list of versions ("2:new,1:old"), but ${what}` };
}
