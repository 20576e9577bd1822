import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { reason, SoloflowError } from "../../core/errors.ts";

/** Less than SQLite wants for the files beside a database, of which one has 32 KiB. */
const LITTLE_BYTES = 64 * 1024;

/**
 * What SQLite (or a value that it held) says, as a SoloflowError: "state-corrupt", "state-busy", "state-full" or
 * "state" for the rest. An error that is one already is passed on.
 */
export function stateError(path: string, thrown: unknown): SoloflowError {
  if (thrown instanceof SoloflowError) return thrown;
  const code = (thrown as { code?: unknown }).code;
  const kind = typeof code === "string" ? code : "";
  const details = { cause: thrown };
  if (thrown instanceof SyntaxError || /^SQLITE_(NOTADB|CORRUPT|ERROR|MISMATCH)/.test(kind)) {
    return new SoloflowError("state-corrupt", `the state ${path} is damaged: ${reason(thrown)}`, {
      ...details,
      hint: `keep a copy and move it out of the way (mv ${path} ${path}.damaged); the next \`soloflow-agent deploy\` goes on from what runs, only the history is lost`,
    });
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(kind)) {
    return new SoloflowError("state-busy", `the state ${path} is in use by another process`, {
      ...details,
      hint: "try again in a few seconds; `soloflow-agent status` shows a running operation",
    });
  }
  if (kind.startsWith("SQLITE_FULL") || kind.startsWith("SQLITE_IOERR")) {
    const why = isFull(path) ? "its disk is full" : reason(thrown);
    return new SoloflowError("state-full", `the state ${path} cannot be written: ${why}`, {
      ...details,
      hint: "look at `df` for space on that disk, and at `dmesg` for its health",
    });
  }
  return new SoloflowError("state", `the state ${path} cannot be used: ${reason(thrown)}`, {
    ...details,
    hint: "run the command as the user who deployed the project, or as root",
  });
}

/** SQLite calls some of it an I/O error. */
function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < LITTLE_BYTES;
  } catch {
    return false;
  }
}
