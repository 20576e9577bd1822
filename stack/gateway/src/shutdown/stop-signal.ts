export type StopSignal = "SIGTERM" | "SIGINT";

/**
 * Resolves when somebody wants this process to end. The first import of the
 * program: as process 1 of a container it would otherwise not even notice a
 * signal that comes while the rest still loads.
 */
export const stopSignal: Promise<StopSignal> = new Promise((resolve) => {
  process.on("SIGTERM", () => resolve("SIGTERM"));
  process.on("SIGINT", () => resolve("SIGINT"));
});
