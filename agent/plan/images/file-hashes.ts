/** Content hashes of files as they were at one time: absolute folder, path in it, [stamp, SHA-256]. */
export type FileHashes = Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>>;

/** A file as a scan saw it. */
export type ScannedFile = { path: string; stamp: string; changedAtMs: number };

/**
 * A file changed this shortly before it was hashed may change again within the same tick of the file system's
 * clock and keep its stamp, so its hash is not kept (git's "racily clean"). Two seconds is the coarsest clock of a
 * file system in use (FAT); Linux' own have some milliseconds.
 */
const TICK_MS = 2_000;

/** The hash of a file that has not been touched since it was taken. */
export function knownHash(
  hashes: FileHashes,
  folder: string,
  file: Pick<ScannedFile, "path" | "stamp">,
): string | undefined {
  const entry = hashes[folder]?.[file.path];
  return entry?.[0] === file.stamp ? entry[1] : undefined;
}

/**
 * The hashes worth keeping after a folder was gone through: those of its files now, taken at `atMs` or known
 * before, and those of other folders as they were.
 */
export function keepHashes(
  hashes: FileHashes,
  folder: string,
  files: readonly (ScannedFile & { hash: string })[],
  atMs: number,
): FileHashes {
  const settled = files.filter(
    (file) => knownHash(hashes, folder, file) !== undefined || file.changedAtMs + TICK_MS < atMs,
  );
  const entries = settled.map(({ path, stamp, hash }) => [path, [stamp, hash] as const]);
  return { ...hashes, [folder]: Object.fromEntries(entries) };
}

/** What was written down; anything that is not of this shape counts as nothing. */
export function parseFileHashes(text: string | undefined): FileHashes {
  try {
    const parsed: unknown = JSON.parse(text ?? "");
    return isFolders(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function isFolders(value: unknown): value is FileHashes {
  return isRecord(value) && Object.values(value).every((files) => isRecord(files) && allEntries(files));
}

function allEntries(files: Record<string, unknown>): boolean {
  return Object.values(files).every(
    (entry) =>
      Array.isArray(entry) && typeof entry[0] === "string" && /^[0-9a-f]{64}$/.test(String(entry[1])),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
