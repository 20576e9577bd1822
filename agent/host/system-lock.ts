import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { reason, SoloflowError } from "../core/errors.ts";
import { tryFlock } from "./flock.ts";
import type { Held, HeldBy, Holder, Lock } from "./lock.ts";
import { processIsAlive } from "./process-group.ts";

/** How long a holder that has just taken the lock may need to write who it is. */
const WRITING_MS = 100;

/** Locks on this machine's file system. */
export const systemLock: Lock = {
  async tryAcquire(path, holder) {
    for (;;) {
      const fd = open(path);
      if (!take(fd, path)) {
        closeSync(fd);
        return { heldBy: await whoHolds(path) };
      }
      // A file that was deleted after it was opened locks nothing that others can see.
      if (isStillAt(fd, path)) return held(fd, path, holder);
      closeSync(fd);
    }
  },
};

function open(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (thrown) {
    throw new SoloflowError("lock", `cannot open the lock ${path}: ${reason(thrown)}`, {
      hint: "run the command as the user who owns the project's state, or as root",
      cause: thrown,
    });
  }
}

function take(fd: number, path: string): boolean {
  const taken = tryFlock(fd);
  if (taken !== "unsupported") return taken;
  closeSync(fd);
  throw new SoloflowError("lock", `the file system of ${path} has no locks`, {
    hint: "put the state folder on a local disk (SOLOFLOW_STATE_DIR)",
  });
}

function isStillAt(fd: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  const opened = fstatSync(fd);
  return there !== undefined && there.ino === opened.ino && there.dev === opened.dev;
}

function held(fd: number, path: string, holder: Holder): Held {
  signIn(fd, path, holder);
  let released = false;
  return {
    fd,
    // Closing, not LOCK_UN: that would take the lock from children which still work under it.
    release: () => {
      if (!released) closeSync(fd);
      released = true;
    },
  };
}

/** Nobody holds what nobody could write into: without room for a line there is none for any work. */
function signIn(fd: number, path: string, { pid, command, since }: Holder): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `${JSON.stringify({ pid, command, since })}\n`, 0);
  } catch (thrown) {
    closeSync(fd);
    throw new SoloflowError("lock", `cannot write the lock ${path}: ${reason(thrown)}`, {
      hint: "look at `df` for space on that disk, and at `dmesg` for its health",
      cause: thrown,
    });
  }
}

async function whoHolds(path: string): Promise<HeldBy | undefined> {
  const deadline = performance.now() + WRITING_MS;
  for (;;) {
    const holder = parse(readText(path));
    if (holder !== undefined) return { ...holder, alive: processIsAlive(holder.pid) };
    if (performance.now() > deadline) return undefined;
    await Bun.sleep(10);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, command, since } = JSON.parse(text) as Partial<Record<keyof Holder, unknown>>;
    if (typeof pid !== "number" || typeof command !== "string" || typeof since !== "string") return undefined;
    return { pid, command, since };
  } catch {
    return undefined;
  }
}
