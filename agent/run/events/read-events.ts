import type { Host } from "../../host/host.ts";
import { readStore } from "../../host/store/open-store.ts";
import type { KnownProject } from "../known-project.ts";
import { type TimelineEntry, timeline, type Which } from "./timeline.ts";

/** What happened, oldest first; nothing where nothing was ever deployed. */
export async function readEvents(
  host: Pick<Host, "files">,
  project: KnownProject,
  which: Which,
): Promise<TimelineEntry[]> {
  if ((await host.files.stat(project.paths.database)) === undefined) return [];
  using store = readStore(project.paths.database);
  return timeline(store, which);
}

const EVERY_MS = 1_000;
/** What is read again each time: more than happens in a second. */
const AGAIN = 200;

/**
 * What happens, as it happens, until the signal. `known`: all that had happened before; nothing is told by its time,
 * for a clock may be set back.
 */
export async function followEvents(
  host: Pick<Host, "files" | "clock">,
  project: KnownProject,
  options: { services: readonly string[]; known: readonly TimelineEntry[]; signal: AbortSignal },
  tell: (entry: TimelineEntry) => void,
): Promise<void> {
  const { services, known, signal } = options;
  const seen = new Set(known.map(({ key }) => key));
  for (;;) {
    await host.clock.sleep(EVERY_MS, signal);
    if (signal.aborted) return;
    for (const entry of await readEvents(host, project, { services, since: 0, limit: AGAIN })) {
      if (!seen.has(entry.key)) tell(entry);
      seen.add(entry.key);
    }
  }
}
