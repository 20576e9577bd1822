/** What /proc says of a process of a container; signal sets are bit masks, signal N at bit N - 1. */
export type ContainerProcess = {
  name: string;
  /** One letter of proc(5). */
  state: string;
  /** Whether it is PID 1 of its PID namespace. */
  isNamespaceInit: boolean;
  caught: bigint;
  ignored: bigint;
  /** By its first thread, or by all others. */
  blocked: bigint;
  /** Whether it has children. */
  isParent: boolean;
};

/**
 * Inits that hand each signal on to their one child and wait for its end, as they are installed: Docker's own
 * (`init: true`), which is tini, and tini of an image.
 */
const FORWARDING = new Set(["docker-init", "tini", "tini-static"]);

const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
  WINCH: 28,
};

/** "SIGTERM", "TERM" and "15" to 15; undefined for one that has no fixed number. */
export function signalNumber(signal: string): number | undefined {
  if (/^\d+$/.test(signal)) return Number(signal);
  return NUMBERS[signal.toUpperCase().replace(/^SIG/, "")];
}

/**
 * Why a process cannot answer its stop signal, or undefined where it may: then it gets its whole grace, however sick
 * it looks. A stopped process runs no handler. The kernel drops, for the first process of a PID namespace, every
 * signal that it does not catch (signal(7), pid_namespaces(7)); one that it blocks it may take with sigwait or signalfd.
 * While a thread waits in sigwait the kernel shows it as not blocking (do_sigtimedwait): an init such as tini, which
 * does nothing else, is told by its children, and a server by its other threads, which have its mask. One of them that
 * blocks it alone, as a runtime's own thread does, tells nothing: the kernel asks the first.
 */
export function cannotAnswer(main: ContainerProcess | undefined, stopSignal: string): string | undefined {
  if (main === undefined) return undefined;
  if (isStopped(main)) return "its process is stopped";
  if (!main.isNamespaceInit || main.isParent) return undefined;
  const bit = bitOf(stopSignal);
  if (((main.caught | main.blocked) & bit) !== 0n || bit === 0n) return undefined;
  return `its process takes no ${stopSignal || "SIGTERM"}`;
}

/** Whether its only child is who answers the stop signal, or does not. */
export function handsOn({ name, isNamespaceInit }: ContainerProcess): boolean {
  return isNamespaceInit && FORWARDING.has(name);
}

/**
 * As `cannotAnswer`, of the only child of an init that hands its signals on. It is no first process: a signal that it
 * does not handle ends it, and only one that it ignores does nothing. Where it has children itself, the init may have
 * been told to signal those too (tini -g), and they to end in their time.
 */
export function childCannotAnswer(child: ContainerProcess, stopSignal: string): string | undefined {
  if (child.isParent) return undefined;
  if (isStopped(child)) return "its process is stopped";
  return (child.ignored & bitOf(stopSignal)) === 0n
    ? undefined
    : `its process ignores ${stopSignal || "SIGTERM"}`;
}

function isStopped({ state }: ContainerProcess): boolean {
  return state === "T" || state === "t";
}

/** 0 for a signal that has no fixed number. */
function bitOf(stopSignal: string): bigint {
  const signal = signalNumber(stopSignal === "" ? "SIGTERM" : stopSignal);
  return signal === undefined ? 0n : 1n << BigInt(signal - 1);
}
