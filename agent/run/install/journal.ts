import type { Host } from "../../host/host.ts";
import type { Journal, Made } from "../../plan/systemd/machine.ts";
import { STATE_ROOT } from "../../plan/systemd/places.ts";

const FILE = `${STATE_ROOT}/install.json`;
const KINDS: readonly Made[] = ["binary", "group", "user"];

/** Nothing was made where there is no journal; one that cannot be read claims nothing, and asks for a whole run. */
export async function readJournal(host: Pick<Host, "files">): Promise<Journal> {
  const text = await host.files.readText(FILE);
  if (text === undefined) return { made: [], pending: false };
  try {
    const { made, pending } = JSON.parse(text) as { made?: unknown; pending?: unknown };
    const known = Array.isArray(made) ? KINDS.filter((kind) => made.includes(kind)) : [];
    return { made: known, pending: pending !== false };
  } catch {
    return { made: [], pending: true };
  }
}

/** Written before the first step, with what will have been made, and after the last one. */
export async function writeJournal(host: Pick<Host, "files">, { made, pending }: Journal): Promise<void> {
  await host.files.writeAtomic(FILE, `${JSON.stringify({ schema: 1, made, pending })}\n`);
}

export async function removeJournal(host: Pick<Host, "files">): Promise<void> {
  await host.files.remove(FILE);
}
