import type { ServiceConfig } from "../config/config.ts";
import { probePath, probePort } from "./strategy.ts";
import type { Unit } from "./unit.ts";

/** Where a service tells fingerprints of its secrets; undefined where soloflow.toml names no place. */
export function fingerprintsAt({ fingerprints: http }: Partial<ServiceConfig> = {}): Unit["fingerprints"] {
  if (http === undefined) return undefined;
  return { port: probePort({ http }) ?? 0, path: probePath({ http }) ?? "/" };
}
