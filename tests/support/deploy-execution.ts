import { join } from "node:path";
import type { Container } from "../../agent/core/container.ts";
import type { Engine } from "../../agent/host/engine.ts";
import type { Host } from "../../agent/host/host.ts";
import { openStore } from "../../agent/host/store/open-store.ts";
import type { Desired, Instance, Unit } from "../../agent/plan/unit.ts";
import type { Execution } from "../../agent/run/deploy/execution.ts";
import { type Project, projectPaths } from "../../agent/run/project.ts";
import { configOf, containerOf, STACK_TOML } from "./desired.ts";
import { type RecordedProgress, recordedProgress } from "./recorded-progress.ts";

/** The engine's calls on containers in memory; `containers` may change under it. */
export function engineOf(containers: Container[]): Partial<Engine> {
  return {
    containers: async (labels) =>
      containers.filter((container) =>
        labels.every((label) => {
          const [name = "", value] = label.split("=");
          return container.labels[name] === value;
        }),
      ),
    container: async (idOrName) => containers.find(({ id, name }) => [id, name].includes(idOrName)),
    logs: async () => "",
    stop: async () => {},
    remove: async (id) => {
      containers.splice(0, Infinity, ...containers.filter((container) => container.id !== id));
    },
  };
}

export function projectOf(host: Host, toml = STACK_TOML): Project {
  const config = configOf(toml);
  const paths = projectPaths(config.project, host);
  return { config, root: paths.state, configFile: join(paths.state, "soloflow.toml"), paths };
}

/** A deploy under way, with a store in memory and nothing done yet. */
export function executionOf(
  host: Host,
  desired: Desired,
  overrides: Partial<Execution> = {},
): Execution & { progress: RecordedProgress } {
  return {
    ...{ host, exec: host.exec, project: projectOf(host), store: openStore(":memory:"), desired },
    ...{ before: undefined, log: () => {}, signal: new AbortController().signal },
    ...{ done: [], replaced: [], readyAfterMs: new Map() },
    ...overrides,
    progress: recordedProgress(),
  };
}

export function unitNamed(desired: Desired, service: string): Unit {
  const unit = desired.units.find((candidate) => candidate.service === service);
  if (unit === undefined) throw new Error(`no ${service} in the desired state`);
  return unit;
}

/** The container of a service's only instance, or of its colour `name`. */
export function containerNamed(
  desired: Desired,
  service: string,
  name = service,
  overrides: Partial<Container> = {},
): Container {
  const unit = unitNamed(desired, service);
  const instance = unit.instances.find((candidate): candidate is Instance => candidate.name === name);
  if (instance === undefined) throw new Error(`no ${name} in the desired state`);
  return containerOf(unit, instance, overrides);
}
