import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { asMigration, type Migration } from "./migration.ts";

/** The migrations of a folder; files of other names (a README) are passed over. */
export function readMigrations(dir: string): Migration[] {
  return readdirSync(dir).flatMap((file) => {
    const migration = asMigration(file, file.endsWith(".sql") ? readFileSync(join(dir, file), "utf8") : "");
    return migration ? [migration] : [];
  });
}
