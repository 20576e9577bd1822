import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stackSourceFiles } from "../agent/run/stack-source.ts";

/** Relative path and content of every file of the stack that goes into the executable, sorted. */
export function stackSources(root: string): [string, Uint8Array<ArrayBuffer>][] {
  const folder = join(root, "stack");
  return read(folder, stackSourceFiles(folder));
}

/** SHA-256 over everything that the executable is made of, and over `settings`. */
export function buildInputs(root: string, settings: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  const files = [
    ...read(
      join(root, "agent"),
      (readdirSync(join(root, "agent"), { recursive: true }) as string[]).filter(isCode).sort(),
    ),
    ...stackSources(root),
    ...read(root, ["package.json", "bun.lock", "soloflow.toml"]),
  ];
  for (const [path, data] of files) hash.update(`\0${path}\0${data.length}\0`).update(data);
  return hash.digest("hex");
}

function read(folder: string, paths: readonly string[]): [string, Uint8Array<ArrayBuffer>][] {
  return paths.map((path) => [path, readFileSync(join(folder, path))]);
}

function isCode(path: string): boolean {
  return /\.(ts|sql|json)$/.test(path);
}
