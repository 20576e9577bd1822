import type { Place } from "./place.ts";

/** CPU time used since the container's start, and when that was read; both in milliseconds. */
export type CpuSample = { usedMs: number; atMs: number };

/** GET /containers/ID/stats; undefined for a container that does not run. */
export function readStats(answer: Place): { memoryBytes: number; cpu: CpuSample } | undefined {
  const memory = answer.at("memory_stats");
  const usage = memory.at("usage").optional()?.number();
  const atMs = Date.parse(answer.at("read").string());
  const usedNanoseconds = answer.at("cpu_stats").at("cpu_usage").at("total_usage").optional()?.number();
  if (usage === undefined || usedNanoseconds === undefined || atMs <= 0) return undefined;
  return {
    memoryBytes: Math.max(0, usage - fileCache(memory.at("stats"))),
    cpu: { usedMs: usedNanoseconds / 1e6, atMs },
  };
}

/** What `docker stats` leaves out as well: the kernel gives it back at once. cgroup v2, then v1. */
function fileCache(stats: Place): number {
  if (stats.optional() === undefined) return 0;
  const cache = stats.at("inactive_file").optional() ?? stats.at("total_inactive_file").optional();
  return cache?.number() ?? 0;
}

/** Per cent of one core between two samples; 0 where no time has passed. */
export function cpuPercent(before: CpuSample, now: CpuSample): number {
  const elapsed = now.atMs - before.atMs;
  if (elapsed <= 0) return 0;
  return Math.max(0, ((now.usedMs - before.usedMs) / elapsed) * 100);
}
