import type { z } from "zod";
import type { configSchema } from "./schema.ts";

type Parsed = z.output<typeof configSchema>;

/** soloflow.toml, validated; durations in milliseconds, sizes in bytes. `undefined` means: the default holds. */
export type Config = Omit<Parsed, "compose" | "image" | "service" | "secret" | "ingress" | DefaultedTable> & {
  /** Compose files in the order in which they are merged; as written, relative to soloflow.toml. */
  compose: readonly string[];
  image: Readonly<Record<string, ImageConfig>>;
  service: Readonly<Record<string, ServiceConfig>>;
  secret: Readonly<Record<string, SecretConfig>>;
  ingress: IngressConfig;
} & { readonly [Table in DefaultedTable]: NonNullable<Parsed[Table]> };

type DefaultedTable = "watchdog" | "alerts" | "metrics" | "rotation";

export type ImageConfig = NonNullable<Parsed["image"]>[string];
export type ServiceConfig = NonNullable<Parsed["service"]>[string];
export type SecretConfig = NonNullable<Parsed["secret"]>[string];
export type SecretKind = SecretConfig["kind"];
export type IngressConfig = NonNullable<Parsed["ingress"]>;
export type Probe = NonNullable<ServiceConfig["ready"]>;

/** Stands in a secret's `for` beside services: the agent itself reads it, for its alerts. */
export const AGENT = "agent";
