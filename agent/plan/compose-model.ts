import { SoloflowError } from "../core/errors.ts";

/*
 * What `docker compose config --format json` says, with the fields that the agent reads typed and everything else
 * passed through. Values are still escaped for another reading by Compose: a `$` is written `$$`.
 */

export type ComposePort = {
  target: number;
  published?: string;
  host_ip?: string;
  protocol?: string;
  mode?: string;
};

export type ComposeMount = {
  type: string;
  source?: string;
  target: string;
  read_only?: boolean;
  bind?: { create_host_path?: boolean };
};

export type ComposeBuild = {
  context: string;
  dockerfile?: string;
  args?: Record<string, string | null>;
  target?: string;
  additional_contexts?: Record<string, string>;
};

export type ComposeNetworkUse = { aliases?: string[]; ipv4_address?: string } & Record<string, unknown>;

export type ComposeService = {
  image?: string;
  build?: ComposeBuild;
  command?: string[] | null;
  entrypoint?: string[] | null;
  environment?: Record<string, string | null>;
  ports?: ComposePort[];
  volumes?: ComposeMount[];
  depends_on?: Record<string, { condition: string; required?: boolean }>;
  healthcheck?: { test?: string[]; disable?: boolean } & Record<string, unknown>;
  user?: string;
  container_name?: string;
  restart?: string;
  network_mode?: string;
  networks?: Record<string, ComposeNetworkUse | null>;
  labels?: Record<string, string>;
  stop_grace_period?: string;
  scale?: number;
  deploy?: { replicas?: number } & Record<string, unknown>;
} & Record<string, unknown>;

export type ComposeNetwork = { name?: string; external?: boolean } & Record<string, unknown>;
export type ComposeVolume = { name?: string; external?: boolean } & Record<string, unknown>;

export type ComposeModel = {
  name: string;
  services: Readonly<Record<string, ComposeService>>;
  networks: Readonly<Record<string, ComposeNetwork | null>>;
  volumes: Readonly<Record<string, ComposeVolume | null>>;
  /** Compose's own, which services may name; passed through. */
  secrets?: Readonly<Record<string, unknown>>;
  configs?: Readonly<Record<string, unknown>>;
};

/** Errors: SoloflowError "compose" when the text is not what `docker compose config` prints. */
export function parseComposeModel(json: string): ComposeModel {
  const parsed = parseObject(json);
  const services = parsed?.services;
  if (parsed === undefined || typeof parsed.name !== "string" || !isRecord(services)) {
    throw new SoloflowError(
      "compose",
      "docker compose config printed something that is not a compose model",
      {
        hint: "run `docker compose config --format json` by hand and look at it",
      },
    );
  }
  return {
    name: parsed.name,
    services: services as Record<string, ComposeService>,
    networks: isRecord(parsed.networks) ? (parsed.networks as Record<string, ComposeNetwork>) : {},
    volumes: isRecord(parsed.volumes) ? (parsed.volumes as Record<string, ComposeVolume>) : {},
    ...(isRecord(parsed.secrets) ? { secrets: parsed.secrets } : {}),
    ...(isRecord(parsed.configs) ? { configs: parsed.configs } : {}),
  };
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
