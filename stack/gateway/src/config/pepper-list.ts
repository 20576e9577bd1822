export type Pepper = { readonly version: number; readonly value: string };

/** Every accepted pepper by its version; `issuing` is one of them, and the one that new hashes are made with. */
export type PepperList = { readonly issuing: Pepper; readonly byVersion: ReadonlyMap<number, Pepper> };

export type PepperReading =
  | { readonly kind: "read"; readonly peppers: PepperList }
  | { readonly kind: "fault"; readonly fault: string };

/** Keys carry 190 random bits of their own: a pepper only has to be no guess. */
const MIN_LENGTH = 16;

/**
 * Reads `2:new,1:old`: the first issues, all are accepted. A bare value is
 * version 1. Text that begins with digits and a colon is always a list, so
 * that a slip in one entry is a fault and never a very long pepper. A fault
 * names an entry by its place and quotes nothing of it.
 */
export function parsePepperList(text: string): PepperReading {
  const parts = /^\d+:/.test(text) ? text.split(",") : [`1:${text}`];
  const peppers: Pepper[] = [];
  for (const [index, part] of parts.entries()) {
    const match = /^\s*(\d{1,9}):(.*)$/s.exec(part);
    const value = match?.[2]?.trim();
    if (!match || !value) return fault(`entry ${index + 1} of the list is not <version>:<value>`);
    if (value.length < MIN_LENGTH)
      return fault(`entry ${index + 1} is shorter than ${MIN_LENGTH} characters`);
    peppers.push({ version: Number(match[1]), value });
  }
  return toList(peppers);
}

function toList(peppers: readonly Pepper[]): PepperReading {
  const [issuing] = peppers;
  if (!issuing) return fault("the list is empty");
  const byVersion = new Map(peppers.map((pepper) => [pepper.version, pepper]));
  if (byVersion.size < peppers.length) return fault("the list has a version twice");
  return { kind: "read", peppers: { issuing, byVersion } };
}

function fault(text: string): PepperReading {
  return { kind: "fault", fault: text };
}
