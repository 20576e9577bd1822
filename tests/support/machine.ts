import type { Apt, EngineState, Machine, Packages } from "../../agent/plan/setup/machine.ts";
import type { SetupPlan, SetupStep } from "../../agent/plan/setup/setup-plan.ts";
import { isAtLeast } from "../../agent/plan/setup/version.ts";

/** Versions as the packages of each source are numbered. */
export const BOOKWORM: Packages = { "docker.io": "20.10.24+dfsg1-1", "docker-compose": "1.29.2-3" };
export const TRIXIE: Packages = {
  "docker.io": "26.1.5+dfsg1-9",
  "docker-cli": "26.1.5+dfsg1-9",
  "docker-compose": "2.26.1-4",
  "docker-buildx": "0.13.1+ds1-3",
  containerd: "1.7.24~ds1-6",
};
export const NOBLE: Packages = {
  "docker.io": "27.5.1-0ubuntu3",
  "docker-compose": "1.29.2-6",
  "docker-compose-v2": "2.33.0-0ubuntu1",
  "docker-buildx": "0.20.1-0ubuntu1",
};
export const DOCKERS_OWN: Packages = {
  "docker-ce": "5:28.3.0-1~debian.12~bookworm",
  "docker-ce-cli": "5:28.3.0-1~debian.12~bookworm",
  "containerd.io": "1.7.27-1",
  "docker-compose-plugin": "2.38.1-1~debian.12~bookworm",
  "docker-buildx-plugin": "0.25.0-1~debian.12~bookworm",
};

export const running = (version: string, containers = 0): EngineState => ({
  state: "running",
  version,
  containers,
});

export function aptOf(overrides: Partial<Apt> = {}): Apt {
  return {
    installed: {},
    candidates: BOOKWORM,
    next: { suite: "trixie", candidates: TRIXIE },
    interrupted: false,
    companions: [],
    ...overrides,
  };
}

/** A bare Debian 12 under systemd, as root. */
export function bareMachine(overrides: Partial<Machine> = {}): Machine {
  return {
    root: true,
    system: { id: "debian", like: [], codename: "bookworm", name: "Debian 12" },
    glibc: "2.36",
    systemd: true,
    cgroups: true,
    engine: { state: "absent" },
    tools: { cli: undefined, compose: undefined, buildx: undefined },
    apt: aptOf(),
    unfinished: undefined,
    ...overrides,
  };
}

export const tool = (version: string, path = "/usr/bin/docker") => ({ version, path });

/** A machine that has all that is needed. */
export function readyMachine(overrides: Partial<Machine> = {}): Machine {
  return bareMachine({
    engine: running("26.1.5+dfsg1"),
    tools: { cli: tool("26.1.5+dfsg1"), compose: tool("2.26.1-4"), buildx: tool("0.13.1+ds1") },
    apt: undefined,
    ...overrides,
  });
}

export function stepsOf(plan: SetupPlan): readonly SetupStep[] {
  if (plan.kind !== "steps") throw new Error(`not a plan with steps: ${JSON.stringify(plan)}`);
  return plan.steps;
}

/** The machine as the steps leave it. */
export function afterSteps(machine: Machine, steps: readonly SetupStep[]): Machine {
  return { ...steps.reduce(afterStep, machine), unfinished: undefined };
}

function afterStep(machine: Machine, step: SetupStep): Machine {
  switch (step.kind) {
    case "repair":
      return machine.apt === undefined
        ? machine
        : { ...machine, apt: { ...machine.apt, interrupted: false } };
    case "install":
      return step.packages.reduce(afterInstall, machine);
    case "hold":
      return machine;
    case "start":
      if (!("version" in machine.engine)) throw new Error("an engine is started that is not there");
      return { ...machine, engine: { ...machine.engine, state: "running" } };
    default:
      return step satisfies never;
  }
}

function afterInstall(machine: Machine, { name, version }: { name: string; version: string }): Machine {
  const apt = machine.apt && { ...machine.apt, installed: { ...machine.apt.installed, [name]: version } };
  const tools = (part: Partial<Machine["tools"]>): Machine => ({
    ...machine,
    apt,
    tools: { ...machine.tools, ...part },
  });
  const engine: EngineState = { state: "stopped", version, containers: 0 };
  switch (name) {
    case "docker-ce":
      return { ...machine, apt, engine };
    case "docker.io":
      return { ...tools(isAtLeast(machine.tools.cli?.version, "23") ? {} : { cli: tool(version) }), engine };
    case "docker-cli":
    case "docker-ce-cli":
      return tools({ cli: tool(version) });
    case "docker-compose":
    case "docker-compose-v2":
    case "docker-compose-plugin":
      return tools({ compose: tool(version) });
    case "docker-buildx":
    case "docker-buildx-plugin":
      return tools({ buildx: tool(version) });
    default:
      return { ...machine, apt };
  }
}
