import type { Host } from "../../host/host.ts";

/** Clock ticks a second, on every Linux (proc(5), sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;

/**
 * CPU time, milliseconds, that a process and its living descendants have used; undefined where it has ended or is not
 * to be seen. What others run inside the same container, a health check for instance, is no descendant.
 */
export async function treeCpuMs(host: Pick<Host, "machine">, pid: number): Promise<number | undefined> {
  const own = await host.machine.process(pid);
  if (own === undefined) return undefined;
  const { children = [] } = (await host.machine.threads(pid)) ?? {};
  const below = await Promise.all(children.map((child) => treeCpuMs(host, child)));
  return below.reduce<number>((sum, ms) => sum + (ms ?? 0), (own.cpuTicks * 1_000) / TICKS_PER_SECOND);
}
