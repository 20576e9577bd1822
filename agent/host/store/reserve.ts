import { closeSync, constants, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

/** Room for some ten transactions of the watchdog and for SQLite's files beside the database (32 KiB). */
const RESERVE_BYTES = 256 * 1024;
/** It is laid up again only where that does not fill the disk at once. */
const ROOM_BYTES = 16 * RESERVE_BYTES;

/**
 * A file beside the state that only takes room, so that on a full disk an intent can still be written: it is given
 * up for that, and laid up again when there is room.
 */
export class Reserve {
  readonly #path: string;

  constructor(state: string) {
    this.#path = join(dirname(state), "reserve");
  }

  /** Nothing where it is there already, or there is too little room. Never throws: without it the state works too. */
  keep(): void {
    if (this.isThere()) return;
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#path));
      if (bavail * bsize >= ROOM_BYTES) write(this.#path);
    } catch {
      rmSync(this.#path, { force: true });
    }
  }

  isThere(): boolean {
    return (statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) >= RESERVE_BYTES;
  }

  /** Whether there was anything to give up. */
  spend(): boolean {
    const there = this.isThere();
    rmSync(this.#path, { force: true });
    return there;
  }
}

/** Random, because a file system that compresses would keep no room for zeros. */
function write(path: string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const fd = openSync(path, flags, 0o600);
  try {
    const bytes = new Uint8Array(RESERVE_BYTES);
    // At most 64 KiB a call (Web Crypto).
    for (let at = 0; at < RESERVE_BYTES; at += 65_536)
      crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
