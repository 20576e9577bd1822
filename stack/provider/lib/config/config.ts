import { readFileSync } from "node:fs";
import { type ProviderConfig, readProviderConfig } from "./provider-config.ts";

let known: ProviderConfig | undefined;

/**
 * The configuration of this process, read at first use and then kept: nothing
 * reads it while the application is being built. The server has refused a
 * faulty one before it listens, so that a throw here means another entry point.
 */
export function config(): ProviderConfig {
  if (known) return known;
  const reading = readProviderConfig(process.env, readText);
  if (!reading.config) throw new Error(`configuration: ${reading.faults.join("; ")}`);
  known = reading.config;
  return known;
}

export function readText(path: string): string {
  return readFileSync(path, "utf8");
}
