import type { Host } from "../../host/host.ts";
import { setupPaths } from "./setup-paths.ts";

/** Packages that a setup, which was cut off, meant to hold; undefined when none was cut off. */
export async function readJournal(host: Host): Promise<readonly string[] | undefined> {
  const text = await host.files.readText(setupPaths(host).journal);
  if (text === undefined) return undefined;
  try {
    const { hold } = JSON.parse(text) as { hold?: unknown };
    return Array.isArray(hold) ? hold.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

/** Says, before the first step, what has to be held at the end: a run that goes on after a kill cannot know. */
export async function writeJournal(host: Host, hold: readonly string[]): Promise<void> {
  await host.files.writeAtomic(setupPaths(host).journal, `${JSON.stringify({ schema: 1, hold })}\n`);
}

export async function removeJournal(host: Host): Promise<void> {
  await host.files.remove(setupPaths(host).journal);
}
