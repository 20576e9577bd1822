import type { Config } from "../../agent/config/config.ts";
import { parseConfig } from "../../agent/config/parse.ts";
import type { Container } from "../../agent/core/container.ts";
import type { ComposeModel } from "../../agent/plan/compose-model.ts";
import { type DesiredInput, desiredState, overlapping } from "../../agent/plan/desired.ts";
import { LABEL } from "../../agent/plan/labels.ts";
import { allocateLayout, type Layout } from "../../agent/plan/layout.ts";
import type { Desired, Instance, Unit } from "../../agent/plan/unit.ts";

/** A configuration for tests; throws on a fault. */
export function configOf(toml: string): Config {
  const { config, faults } = parseConfig(toml, "soloflow.toml");
  if (config === undefined) throw new Error(faults.map((fault) => fault.message).join("\n"));
  return config;
}

export const STACK_TOML = `
project = "demo"
compose = "compose.yaml"
[service.gateway]
ready = { http = ":8080/health" }
[service.provider]
ready = { http = ":3000/api/health" }
[service.database]
ready = { exec = ["pg_isready"] }
`;

export function stackModel(): ComposeModel {
  const network = { networks: { default: null } };
  return {
    name: "demo",
    networks: { default: { name: "demo_default" } },
    volumes: { data: { name: "demo_data" } },
    services: {
      database: { ...network, image: "db", volumes: [{ type: "volume", source: "data", target: "/data" }] },
      migrate: {
        ...network,
        restart: "no",
        depends_on: { database: { condition: "service_healthy" } },
      },
      gateway: {
        ...network,
        depends_on: { migrate: { condition: "service_completed_successfully" } },
        ports: [{ target: 8080, published: "8080", protocol: "tcp" }],
        environment: { LEVEL: "info" },
      },
      provider: {
        ...network,
        depends_on: { migrate: { condition: "service_completed_successfully" } },
        ports: [{ target: 3000, published: "3000", protocol: "tcp" }],
      },
    },
  };
}

export function desiredOf(
  options: {
    images?: Record<string, string>;
    model?: ComposeModel;
    toml?: string;
    layout?: Layout;
    uid?: number;
    secrets?: DesiredInput["secrets"];
    imageStarts?: DesiredInput["imageStarts"];
  } = {},
): Desired {
  const config = configOf(options.toml ?? STACK_TOML);
  const model = options.model ?? stackModel();
  const names = [...Object.keys(model.services), "ingress"];
  return desiredState({
    config,
    model,
    layout: options.layout ?? allocateLayout(undefined, overlapping(config, model), []),
    images: { ...Object.fromEntries(names.map((name) => [name, `sha256:${name}-1`])), ...options.images },
    imageStarts: options.imageStarts ?? {},
    secrets: options.secrets ?? {},
    folders: { config: "/s/config", socket: "/s/run", data: "/s/data", flags: "/s/active" },
    uid: options.uid ?? 0,
  });
}

let started = 0;

/** The container that an instance of a unit would be. */
export function containerOf(unit: Unit, instance: Instance, overrides: Partial<Container> = {}): Container {
  started += 1;
  return {
    id: `id-${instance.name}-${unit.hash.slice(0, 8)}`,
    name: `demo-${instance.name}-1`,
    image: String(unit.spec.image),
    labels: {
      ...instance.spec.labels,
      [LABEL.composeService]: instance.name,
      [LABEL.composeProject]: "demo",
    },
    state: unit.strategy === "once" ? "exited" : "running",
    exitCode: 0,
    oomKilled: false,
    startedAt: new Date(1_700_000_000_000 + started).toISOString(),
    finishedAt: undefined,
    restartCount: 0,
    ...{ pid: undefined, restartPolicy: { name: "unless-stopped", max: 0 }, networkMode: "bridge" },
    ...{ memoryLimitBytes: undefined, graceSeconds: 10, stopSignal: "SIGTERM", error: "" },
    health: undefined,
    addresses: {},
    ports: (instance.spec.ports ?? []).map((port) => ({
      ...{ hostIp: port.host_ip ?? "0.0.0.0", hostPort: Number(port.published) },
      ...{ containerPort: port.target, protocol: "tcp" },
    })),
    mounts: [],
    user: "",
    ...overrides,
  };
}
