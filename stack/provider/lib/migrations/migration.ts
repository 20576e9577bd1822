import { createHash } from "node:crypto";

export type Migration = {
  readonly id: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
};
export type AppliedMigration = { readonly id: number; readonly name: string; readonly checksum: string };
export type MigrationPlan = { pending: Migration[] } | { faults: string[] };

const FILE = /^(\d{4})_([a-z0-9_]+)\.sql$/;

/** A file `NNNN_name.sql` as a migration, or undefined for any other file. */
export function asMigration(file: string, sql: string): Migration | undefined {
  const match = FILE.exec(file);
  if (!match?.[1] || !match[2]) return undefined;
  const checksum = createHash("sha256").update(sql).digest("hex");
  return { id: Number(match[1]), name: match[2], sql, checksum };
}

/** The highest number among the names of files, 0 when there is none. */
export function newestMigration(files: readonly string[]): number {
  return Math.max(0, ...files.map((file) => Number(FILE.exec(file)?.[1] ?? 0)));
}

/**
 * What is left to apply, in order. Faults, all at once: an applied file that
 * changed since, a number used twice, and a gap, which is a file that came in
 * below one already applied. What the database has beyond the files is right:
 * an older version of the code was put back.
 */
export function planMigrations(
  files: readonly Migration[],
  applied: readonly AppliedMigration[],
): MigrationPlan {
  const ordered = [...files].sort((a, b) => a.id - b.id);
  const byId = new Map(applied.map((entry) => [entry.id, entry]));
  const newest = Math.max(0, ...byId.keys());
  const faults = ordered.flatMap((file, index) => {
    const before = byId.get(file.id);
    if (ordered[index - 1]?.id === file.id) return [`${label(file)}: the number is used twice`];
    if (before && before.checksum !== file.checksum) {
      return [`${label(file)}: changed after it was applied; put the file back and write the next number`];
    }
    if (!before && file.id < newest) {
      return [`${label(file)}: came in below ${newest}, which is applied; give it the next number`];
    }
    return [];
  });
  return faults.length > 0 ? { faults } : { pending: ordered.filter((file) => !byId.has(file.id)) };
}

export function label(migration: { id: number; name: string }): string {
  return `${String(migration.id).padStart(4, "0")}_${migration.name}`;
}
