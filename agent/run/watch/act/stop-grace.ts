import type { Container } from "../../../core/container.ts";
import type { Host } from "../../../host/host.ts";
import {
  type ContainerProcess,
  cannotAnswer,
  childCannotAnswer,
  handsOn,
} from "../../../plan/watchdog/cannot-answer.ts";

/** Seconds from the stop signal to the kill: the container's own, or none where it cannot answer, and why not. */
export async function stopGrace(
  host: Pick<Host, "machine">,
  container: Container,
): Promise<{ seconds: number; why: string | undefined }> {
  const { pid, graceSeconds } = container;
  const why = pid === undefined ? undefined : await silenceOf(host, pid, container);
  return { seconds: why === undefined ? graceSeconds : 0, why };
}

async function silenceOf(
  host: Pick<Host, "machine">,
  pid: number,
  { stopSignal }: Pick<Container, "stopSignal">,
): Promise<string | undefined> {
  const main = await processOf(host, pid);
  const why = cannotAnswer(main, stopSignal);
  if (why !== undefined || main === undefined || !handsOn(main)) return why;
  const [only, ...others] = main.children ?? [];
  if (only === undefined || others.length > 0) return undefined;
  const child = await processOf(host, only);
  return child && childCannotAnswer(child, stopSignal);
}

type Found = ContainerProcess & { children: readonly number[] | undefined };

/** Whoever's children are not told is taken to have some. */
async function processOf({ machine }: Pick<Host, "machine">, pid: number): Promise<Found | undefined> {
  const [process, threads] = [await machine.process(pid), await machine.threads(pid)];
  if (process === undefined || threads === undefined) return undefined;
  const { children, othersBlock } = threads;
  const blocked = process.blocked | othersBlock;
  return { ...process, blocked, children, isParent: children?.length !== 0 };
}
