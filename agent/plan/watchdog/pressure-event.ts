import type { DiskSpace, Pressure } from "../../core/machine-facts.ts";
import type { WatchEvent } from "./model.ts";

/** Per cent of ten seconds in which something waited for a processor, or for memory: above, nobody answers in time. */
const CPU_PERCENT = 80;
const MEMORY_PERCENT = 20;
/** Where the kernel tells no pressure: processes that want to run, for each processor. */
const LOAD_PER_CPU = 4;
/** Share of memory that is left, below which the kernel begins to take pages away from everybody. */
const MEMORY_LEFT = 0.03;

/** How hard the machine is pressed, judged: what speaks against blaming a service. */
export function pressureEvent(
  pressure: Pressure,
  disk: DiskSpace,
): Omit<Extract<WatchEvent, { type: "pressure" }>, "at" | "random"> {
  const { cpuSome10, memorySome10, load1, cpus, memoryAvailableBytes, memoryTotalBytes } = pressure;
  return {
    type: "pressure",
    diskFree: disk.totalBytes === 0 ? 1 : disk.freeBytes / disk.totalBytes,
    cpu: cpuSome10 === undefined ? load1 > LOAD_PER_CPU * cpus : cpuSome10 >= CPU_PERCENT,
    memory: (memorySome10 ?? 0) >= MEMORY_PERCENT || memoryAvailableBytes < MEMORY_LEFT * memoryTotalBytes,
  };
}
