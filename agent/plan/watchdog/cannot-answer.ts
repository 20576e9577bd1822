/** What /proc says of a container's main process; signal sets are bit masks, signal N at bit N - 1. */
export type MainProcess = {
  /** One letter of proc(5). */
  state: string;
  /** Whether it is PID 1 of its PID namespace. */
  isNamespaceInit: boolean;
  caught: bigint;
  /** By any of its threads. */
  blocked: bigint;
  /** Whether it has children. */
  isParent: boolean;
};

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
 * does nothing else, is told by its children, and a server by its other threads.
 */
export function cannotAnswer(main: MainProcess | undefined, stopSignal: string): string | undefined {
  if (main === undefined) return undefined;
  if (main.state === "T" || main.state === "t") return "its process is stopped";
  const signal = signalNumber(stopSignal === "" ? "SIGTERM" : stopSignal);
  if (!main.isNamespaceInit || main.isParent || signal === undefined) return undefined;
  const bit = 1n << BigInt(signal - 1);
  if (((main.caught | main.blocked) & bit) !== 0n) return undefined;
  return `its process takes no ${stopSignal || "SIGTERM"}`;
}
