import type { Container } from "../../../core/container.ts";
import type { Host } from "../../../host/host.ts";
import { cannotAnswer } from "../../../plan/watchdog/cannot-answer.ts";

/** Seconds from the stop signal to the kill: the container's own, or none where it cannot answer, and why not. */
export async function stopGrace(
  host: Pick<Host, "machine">,
  container: Container,
): Promise<{ seconds: number; why: string | undefined }> {
  const { pid, stopSignal, graceSeconds } = container;
  const process = pid === undefined ? undefined : await host.machine.process(pid);
  const why = cannotAnswer(process, stopSignal);
  return { seconds: why === undefined ? graceSeconds : 0, why };
}
