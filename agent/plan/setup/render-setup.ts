import { versionOf } from "./lacking.ts";
import type { Machine } from "./machine.ts";
import { PIECE_NAMES, PIECES } from "./requirements.ts";
import type { SetupPlan, SetupStep, Upgrade } from "./setup-plan.ts";
import { plainVersion } from "./version.ts";

/** "Docker Engine 26.1.5, the docker command 28.2.2, …" */
export function renderMachine(machine: Pick<Machine, "engine" | "tools">): string {
  return PIECES.map((piece) => {
    const version = versionOf(machine, piece);
    if (version !== undefined) return `${PIECE_NAMES[piece]} ${plainVersion(version)}`;
    const hidden = piece === "engine" && machine.engine.state === "denied";
    return `${PIECE_NAMES[piece]} ${hidden ? "not to be seen" : "missing"}`;
  }).join(", ");
}

/** The plan as lines: what would be done and why, the same on a terminal, in the log and in tests. */
export function renderPlan(plan: SetupPlan): string[] {
  switch (plan.kind) {
    case "ready":
      return ["nothing to do"];
    case "root":
      return [plan.cause, "only root can mend that: sudo soloflow-agent setup"];
    case "manual":
      return [plan.cause, "this is for you to do:", ...plan.commands.map((command) => `  ${command}`)];
    case "steps":
      return plan.steps.map((step, index) => `${index + 1}. ${renderStep(step)}: ${step.cause}`);
    default:
      return plan satisfies never;
  }
}

/** One step without its cause: "install docker.io 26.1.5, docker-cli 26.1.5 from trixie". */
export function renderStep(step: SetupStep): string {
  switch (step.kind) {
    case "repair":
      return "finish the interrupted installation of packages";
    case "install": {
      const names = step.packages.map(({ name, version }) => `${name} ${plainVersion(version)}`);
      const from = step.source.from === "next" ? ` from ${step.source.suite}` : "";
      const along = step.companions.length === 0 ? "" : `, with ${step.companions.join(", ")}`;
      return `install ${names.join(", ")}${from}${along}`;
    }
    case "hold":
      return `hold ${step.packages.join(", ")}`;
    case "start":
      return `${step.replace ? "restart" : "start"} the engine ${step.by === "systemd" ? "through systemd" : "in the background"}`;
    default:
      return step satisfies never;
  }
}

export function renderUpgrade({ from, to, containers }: Upgrade): string {
  const count = containers === 1 ? "1 container" : `${containers} containers`;
  return `Docker Engine ${plainVersion(from)} is replaced by ${plainVersion(to)}: ${count} of this machine will stop and start again`;
}
