import { writeFileSync } from "node:fs";

/**
 * A crash of this process, or of one that it starts, leaves no memory in a core file, whatever the machine's limits say:
 * a command that rotates secrets has them in its memory. Where the kernel does not have that, the limits alone decide.
 */
export function memoryStaysOutOfCores(): void {
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // A kernel without ELF cores, or a /proc that is read-only.
  }
}
