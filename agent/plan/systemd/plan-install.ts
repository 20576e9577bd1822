import { agentUnitText } from "./agent-unit.ts";
import type { Machine, Made } from "./machine.ts";
import {
  AGENT_TEMPLATE,
  agentUnit,
  SECRETS_TEMPLATE,
  secretsUnit,
  tmpfilesFile,
  UNIT_FOLDER,
} from "./places.ts";
import { secretsUnitText } from "./secrets-unit.ts";
import { tmpfilesText } from "./tmpfiles.ts";

export type InstallStep =
  | { kind: "group" | "user" | "binary" | "folders" | "reload" }
  | { kind: "file"; path: string; text: string }
  | { kind: "enable"; unit: string }
  /** Starts it, or starts it again; done when it says that it is ready. */
  | { kind: "start"; unit: string };

/** Files that an install of the project writes, by path. */
export function installFiles(project: string): Record<string, string> {
  return {
    [`${UNIT_FOLDER}/${AGENT_TEMPLATE}`]: agentUnitText(),
    [`${UNIT_FOLDER}/${SECRETS_TEMPLATE}`]: secretsUnitText(),
    [tmpfilesFile(project)]: tmpfilesText(project),
  };
}

/**
 * What is to be done so that systemd runs the agent, `own` being the sha256 of the executable that is running now.
 * Empty where all is as it should be: a plan made on the result of its own steps is. Where the executable or a unit
 * changes, the agents of the machine's other projects are started again too, for they share both.
 */
export function planInstall(machine: Machine, own: string): InstallStep[] {
  const { project, journal, enabled } = machine;
  const files = Object.entries(installFiles(project)).filter(([path, text]) => machine.files[path] !== text);
  const binary = machine.installed !== own;
  const shared = binary || files.some(([path]) => path.startsWith(UNIT_FOLDER)) || journal.pending;
  const units = [agentUnit(project), secretsUnit(project)] as const;
  const missing = [...(enabled.agent ? [] : [units[0]]), ...(enabled.secrets ? [] : [units[1]])];
  const others = machine.projects.filter((name) => name !== project);
  const start = shared || missing.length > 0 || !machine.active;
  return [
    ...(machine.group ? [] : [{ kind: "group" } as const]),
    ...(machine.user ? [] : [{ kind: "user" } as const]),
    ...(binary ? [{ kind: "binary" } as const] : []),
    ...files.map(([path, text]) => ({ kind: "file", path, text }) as const),
    ...(machine.folders && !shared ? [] : [{ kind: "folders" } as const]),
    ...(shared ? [{ kind: "reload" } as const] : []),
    ...missing.map((unit) => ({ kind: "enable", unit }) as const),
    ...(start ? [units[1], units[0]].map((unit) => ({ kind: "start", unit }) as const) : []),
    ...(shared ? others.map((name) => ({ kind: "start", unit: agentUnit(name) }) as const) : []),
  ];
}

/** What the steps make that was not there, or what stood there was put there by an earlier install. */
export function madeBy(machine: Machine, steps: readonly InstallStep[]): Made[] {
  const kinds = new Set<Made>(machine.journal.made);
  for (const { kind } of steps) if (kind === "binary" || kind === "group" || kind === "user") kinds.add(kind);
  return [...kinds].sort();
}
