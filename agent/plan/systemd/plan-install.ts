import { agentUnitText } from "./agent-unit.ts";
import type { Machine, Made } from "./machine.ts";
import {
  AGENT_TEMPLATE,
  agentUnit,
  ROTATE_TEMPLATE,
  SECRETS_TEMPLATE,
  secretsUnit,
  TIMER_TEMPLATE,
  timerUnit,
  tmpfilesFile,
  UNIT_FOLDER,
} from "./places.ts";
import { rotateTimerText, rotateUnitText } from "./rotate-unit.ts";
import { secretsUnitText } from "./secrets-unit.ts";
import { tmpfilesText } from "./tmpfiles.ts";

export type InstallStep =
  | { kind: "group" | "user" | "binary" | "folders" | "reload" }
  | { kind: "file"; path: string; text: string }
  | { kind: "enable" | "disable"; unit: string }
  /** Starts it, or starts it again; done when it says that it is ready. */
  | { kind: "start"; unit: string };

/** Files that an install of the project writes, by path. */
export function installFiles(project: string): Record<string, string> {
  return {
    [`${UNIT_FOLDER}/${AGENT_TEMPLATE}`]: agentUnitText(),
    [`${UNIT_FOLDER}/${SECRETS_TEMPLATE}`]: secretsUnitText(),
    [`${UNIT_FOLDER}/${ROTATE_TEMPLATE}`]: rotateUnitText(),
    [`${UNIT_FOLDER}/${TIMER_TEMPLATE}`]: rotateTimerText(),
    [tmpfilesFile(project)]: tmpfilesText(project),
  };
}

/** Who looks after the project: the watchdog, or only the timer that has secrets rotated. */
export type Keeper = "agent" | "timer";

/**
 * What is to be done so that systemd runs the agent, `own` being the sha256 of the executable that is running now.
 * Empty where all is as it should be: a plan made on the result of its own steps is. Where the executable or a unit
 * changes, the agents of the machine's other projects are started again too, for they share both.
 */
export function planInstall(machine: Machine, own: string, keeper: Keeper = "agent"): InstallStep[] {
  const { project, journal, enabled } = machine;
  const files = Object.entries(installFiles(project)).filter(([path, text]) => machine.files[path] !== text);
  const binary = machine.installed !== own;
  const shared = binary || files.some(([path]) => path.startsWith(UNIT_FOLDER)) || journal.pending;
  const unit = { agent: agentUnit(project), timer: timerUnit(project), secrets: secretsUnit(project) };
  const other = keeper === "agent" ? "timer" : "agent";
  const missing = ([keeper, "secrets"] as const).filter((which) => !enabled[which]);
  const others = machine.projects.filter((name) => name !== project);
  const start = shared || missing.length > 0 || !machine.active[keeper];
  return [
    ...(machine.group ? [] : [{ kind: "group" } as const]),
    ...(machine.user ? [] : [{ kind: "user" } as const]),
    ...(binary ? [{ kind: "binary" } as const] : []),
    ...files.map(([path, text]) => ({ kind: "file", path, text }) as const),
    ...(machine.folders && !shared ? [] : [{ kind: "folders" } as const]),
    ...(shared ? [{ kind: "reload" } as const] : []),
    ...(isThere(machine, other) ? [{ kind: "disable", unit: unit[other] } as const] : []),
    ...missing.map((which) => ({ kind: "enable", unit: unit[which] }) as const),
    ...(start ? [unit.secrets, unit[keeper]].map((each) => ({ kind: "start", unit: each }) as const) : []),
    ...(shared ? others.map((name) => ({ kind: "start", unit: agentUnit(name) }) as const) : []),
  ];
}

export function isThere({ enabled, active }: Machine, keeper: Keeper): boolean {
  return enabled[keeper] || active[keeper];
}

/** What the steps make that was not there, or what stood there was put there by an earlier install. */
export function madeBy(machine: Machine, steps: readonly InstallStep[]): Made[] {
  const kinds = new Set<Made>(machine.journal.made);
  for (const { kind } of steps) if (kind === "binary" || kind === "group" || kind === "user") kinds.add(kind);
  return [...kinds].sort();
}
