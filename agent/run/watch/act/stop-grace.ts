import type { Container } from "../../../core/container.ts";
import type { Host } from "../../../host/host.ts";
import { cannotAnswer, type MainProcess } from "../../../plan/watchdog/cannot-answer.ts";

/** Seconds from the stop signal to the kill: the container's own, or none where it cannot answer, and why not. */
export async function stopGrace(
  host: Pick<Host, "machine">,
  container: Container,
): Promise<{ seconds: number; why: string | undefined }> {
  const { pid, stopSignal, graceSeconds } = container;
  const why = pid === undefined ? undefined : cannotAnswer(await mainProcess(host, pid), stopSignal);
  return { seconds: why === undefined ? graceSeconds : 0, why };
}

async function mainProcess(
  { machine }: Pick<Host, "machine">,
  pid: number,
): Promise<MainProcess | undefined> {
  const process = await machine.process(pid);
  const threads = process && (await machine.threads(pid));
  return threads && { ...process, ...threads };
}
