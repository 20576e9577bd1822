import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Test files below `tests/<folder>`, sorted, relative with "./"; `*.full.test.ts` only when `full`. */
export function testFiles(root: string, folder: string, full: boolean): string[] {
  const home = join(root, "tests", folder);
  if (!existsSync(home)) return [];
  return (readdirSync(home, { recursive: true }) as string[])
    .filter((path) => /\.test\.tsx?$/.test(path) && !path.includes("node_modules/"))
    .filter((path) => full || !path.includes(".full.test."))
    .sort()
    .map((path) => `./tests/${folder}/${path}`);
}
