import { readFileSync } from "node:fs";
import { onceAProcess } from "../once-a-process.ts";
import { type ProviderConfig, readProviderConfig } from "./provider-config.ts";

/**
 * The configuration of this process, read at first use and then kept: nothing
 * reads it while the application is being built. The server has refused a
 * faulty one before it listens, so that a throw here means another entry point.
 */
export function config(): ProviderConfig {
  return onceAProcess("config", () => {
    const reading = readProviderConfig(process.env, readText);
    if (!reading.config) throw new Error(`configuration: ${reading.faults.join("; ")}`);
    return reading.config;
  });
}

export function readText(path: string): string {
  return readFileSync(path, "utf8");
}
