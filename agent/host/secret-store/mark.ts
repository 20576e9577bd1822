import { forged, rolledBack } from "./store-errors.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { StorePlace } from "./store-place.ts";

/** The newest version that was ever committed, and its file's sha256. */
export type Mark = { version: number; file: string };

/**
 * Written after each commit. A kill between the commit and the mark leaves it one version behind, which the next
 * write makes good first; so it is never behind by more than one, and missing only beside version 1.
 */
export async function writeMark(place: StorePlace, keys: StoreKeys, mark: Mark): Promise<void> {
  await place.files.writeAtomic(place.mark, encode(mark, keys));
}

export async function readMark(place: StorePlace, keys: StoreKeys): Promise<Mark | undefined> {
  const text = await place.files.readText(place.mark);
  if (text === undefined) return undefined;
  const mark = parseMark(text);
  // Proven in constant time first; then not a byte may be another, even where it means the same.
  if (mark === undefined || !keys.verify(bodyOf(mark), mark.mac) || textOf(mark) !== text) {
    throw forged(place.mark, "was not written by this machine, or was changed");
  }
  return { version: mark.version, file: mark.file };
}

/** Refuses a version that is older than the mark, or that the mark does not lead to. */
export function checkMark(
  place: StorePlace,
  mark: Mark | undefined,
  { version, file, previous }: { version: number; file: string; previous: string | null },
): void {
  if (mark === undefined) {
    if (version === 1) return;
    throw rolledBack(`${place.mark} is missing, which says that version ${version} is the newest`);
  }
  if (mark.version > version)
    throw rolledBack(`version ${mark.version} was in use, now CURRENT says ${version}`);
  const known = mark.version === version ? file : mark.version === version - 1 ? previous : undefined;
  if (known === mark.file) return;
  throw rolledBack(`${place.mark} knows another version ${mark.version} than this folder`);
}

/** Member by member: whoever writes it hands over a whole opened version, secrets and all. */
function encode(mark: Mark, keys: StoreKeys): string {
  return textOf({ ...mark, mac: keys.mac(bodyOf(mark)) });
}

function bodyOf({ version, file }: Mark): string {
  return JSON.stringify({ schema: 1, version, file });
}

function textOf({ version, file, mac }: Mark & { mac?: unknown }): string {
  return `${JSON.stringify({ schema: 1, version, file, mac })}\n`;
}

/** Without proof; undefined where it has not the form. */
export function parseMark(text: string): (Mark & { mac?: unknown }) | undefined {
  try {
    const { version, file, mac } = JSON.parse(text);
    return { version, file, mac };
  } catch {
    return undefined;
  }
}
