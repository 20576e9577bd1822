/**
 * One operation a project: flock(2) on a file. The descriptor is handed to every mutating child
 * (exec's `inheritFds`), so that the lock outlives a killed agent until its last child has ended.
 */
export type Lock = {
  /** Takes the lock or says who holds it. `holder` is written into the file for others to read. */
  tryAcquire(path: string, holder: Holder): Promise<Held | { heldBy: Holder | undefined }>;
};

export type Holder = { pid: number; command: string; since: string };

export type Held = { fd: number; release(): void };
