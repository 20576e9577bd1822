/**
 * One operation a project: flock(2) on a file. The descriptor is handed to every mutating child
 * (exec's `inheritFds`), so that the lock outlives a killed agent until its last child has ended.
 */
export type Lock = {
  /**
   * Takes the lock or says who holds it, without waiting. `holder` is written into the file for others to read;
   * `heldBy` is undefined where the file does not say. SoloflowError "lock" where the file system has no flock.
   */
  tryAcquire(path: string, holder: Holder): Promise<Held | { heldBy: HeldBy | undefined }>;
};

export type Holder = { pid: number; command: string; since: string };

/** `alive` false: the operation itself has ended (killed), a child of it still works and holds the lock. */
export type HeldBy = Holder & { alive: boolean };

/** `release` gives up the agent's own hold; one handed to a child that still runs stays until that ends. */
export type Held = { fd: number; release(): void };
