import type { Machine } from "./machine.ts";
import {
  AGENT_TEMPLATE,
  agentUnit,
  BINARY,
  ROTATE_TEMPLATE,
  SECRETS_TEMPLATE,
  secretsUnit,
  TIMER_TEMPLATE,
  timerUnit,
  tmpfilesFile,
  UNIT_FOLDER,
} from "./places.ts";
import { isThere } from "./plan-install.ts";

export type UninstallStep =
  | { kind: "disable"; unit: string }
  | { kind: "remove"; path: string }
  | { kind: "reload" | "close" | "remove-user" | "remove-group" };

/**
 * What takes an install back. Containers, state and decrypted secrets stay; so do the executable, the units and the
 * user as long as another project is looked after, and whatever was there before the first install.
 */
export function planUninstall(machine: Machine): UninstallStep[] {
  const { project, journal, enabled, files } = machine;
  const last = isLast(machine);
  const templates = [AGENT_TEMPLATE, SECRETS_TEMPLATE, ROTATE_TEMPLATE, TIMER_TEMPLATE];
  const units = templates.map((name) => `${UNIT_FOLDER}/${name}`);
  const there = [tmpfilesFile(project), ...(last ? units : [])].filter((path) => files[path] !== undefined);
  const made = (what: "binary" | "user" | "group") => last && journal.made.includes(what);
  return [
    ...(isThere(machine, "agent") ? [{ kind: "disable", unit: agentUnit(project) } as const] : []),
    ...(isThere(machine, "timer") ? [{ kind: "disable", unit: timerUnit(project) } as const] : []),
    ...(enabled.secrets ? [{ kind: "disable", unit: secretsUnit(project) } as const] : []),
    ...there.map((path) => ({ kind: "remove", path }) as const),
    ...(there.length > 0 || journal.pending ? [{ kind: "reload" } as const] : []),
    ...(machine.folders ? [{ kind: "close" } as const] : []),
    ...(made("user") && machine.user ? [{ kind: "remove-user" } as const] : []),
    ...(made("group") && machine.group ? [{ kind: "remove-group" } as const] : []),
    ...(made("binary") && machine.installed !== undefined ? [{ kind: "remove", path: BINARY } as const] : []),
  ];
}

/** Nobody else on this machine needs what all projects share. */
export function isLast({ project, projects, timers }: Machine): boolean {
  return [...projects, ...timers].every((name) => name === project);
}
