import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Folders that hold what a build or an install made. */
const MADE = new Set(["node_modules", ".next", "dist", "out", "coverage", ".cache", ".git"]);

/**
 * Every source below the folder of a stack, relative and sorted: what the executable carries, and nothing
 * that was made, logged or filled in with secrets. Links are left out.
 */
export function stackSourceFiles(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(below, entry.name);
      if (entry.isDirectory()) return MADE.has(entry.name) ? [] : stackSourceFiles(folder, path);
      return entry.isFile() && isSource(entry.name) ? [path] : [];
    })
    .sort();
}

function isSource(name: string): boolean {
  if (name.startsWith(".env") && !name.endsWith(".example")) return false;
  return name !== "next-env.d.ts" && !/\.(log|tsbuildinfo|tmp)$/.test(name);
}
