/** What one build of a web app takes at its peak; a Next.js build was measured at 0.9 GB. */
const BUILD_BYTES = 1.2e9;

/** How many builds may run at once: one a processor, as far as the free memory goes, and always one. */
export function buildSlots({ cpus, freeBytes }: { cpus: number; freeBytes: number }): number {
  return Math.max(1, Math.min(cpus, Math.floor(freeBytes / BUILD_BYTES)));
}
