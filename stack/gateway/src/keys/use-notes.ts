import { describeError, type Log } from "../core/log.ts";

export type UseNotesOptions = {
  readonly write: (uses: ReadonlyMap<string, Date>) => Promise<void>;
  readonly log: Log;
};

export type UseNotes = {
  /** Remembers that the row was used; costs a request nothing. */
  note(id: string, at: Date): void;
  /** Writes what was noted, in one go. What could not be written stays for the next time. Never rejects. */
  flush(): Promise<void>;
};

/** How often notes are written, in ms: people read "last used" in minutes. */
export const USE_FLUSH_MS = 5000;

/** More keys than this between two writes lose their note, not their request. */
const MAX_NOTES = 10_000;

/** Keeps when keys were last used until it is written; see USE_FLUSH_MS. */
export function createUseNotes({ write, log }: UseNotesOptions): UseNotes {
  let notes = new Map<string, Date>();

  function note(id: string, at: Date): void {
    if (notes.size < MAX_NOTES || notes.has(id)) notes.set(id, at);
  }

  async function flush(): Promise<void> {
    if (notes.size === 0) return;
    const due = notes;
    notes = new Map();
    try {
      await write(due);
    } catch (error) {
      const newer = notes;
      notes = due;
      for (const [id, at] of newer) note(id, at);
      log("warn", "when keys were last used is not written yet", { cause: describeError(error) });
    }
  }

  return { note, flush };
}
