/** What a process is, as the kernel tells it (proc(5)). */
export type ProcessFacts = {
  /** That of its program, cut to 15 characters, unless it has given itself another. */
  name: string;
  /** "R" running, "S" sleeping, "D" waiting for a disk, "T" stopped, "t" traced, "Z" ended and not yet reaped, … */
  state: string;
  /** PID 1 of its own namespace, as a container's first process is: signals that it does not handle are not delivered. */
  isNamespaceInit: boolean;
  /** Masks of signals: signal N is bit N - 1. */
  caught: bigint;
  blocked: bigint;
  ignored: bigint;
  /** Clock ticks from the machine's boot to its start: with the pid, the process' identity until the next boot. */
  startTicks: string;
  /** User and system time of all its threads, in clock ticks (100 a second), without its children. */
  cpuTicks: number;
};

/** What the threads of a process tell. */
export type ThreadFacts = {
  /**
   * Signals that every one but the first blocks, as a mask: 0 without another. While the first waits for a signal
   * (sigwait) it is shown as not blocking it, but the others have their mask from it.
   */
  othersBlock: bigint;
  /** Pids of its children; undefined where the kernel does not tell. */
  children: readonly number[] | undefined;
};

/** How hard the machine is pressed. Pressure: per cent of the last ten seconds in which somebody had to wait. */
export type Pressure = {
  /** undefined where the kernel does not tell pressure, here and below. */
  cpuSome10: number | undefined;
  memorySome10: number | undefined;
  ioSome10: number | undefined;
  /** Average of one minute: processes that run or wait. */
  load1: number;
  cpus: number;
  memoryAvailableBytes: number;
  memoryTotalBytes: number;
};

export type DiskSpace = {
  /** What others than root may still write. */
  freeBytes: number;
  totalBytes: number;
};
