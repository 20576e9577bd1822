import type { Machine } from "./machine.ts";
import {
  AGENT_TEMPLATE,
  agentUnit,
  BINARY,
  SECRETS_TEMPLATE,
  secretsUnit,
  tmpfilesFile,
  UNIT_FOLDER,
} from "./places.ts";

export type UninstallStep =
  | { kind: "disable"; unit: string }
  | { kind: "remove"; path: string }
  | { kind: "reload" | "close" | "remove-user" | "remove-group" };

/**
 * What takes an install back. Containers, state and decrypted secrets stay; so do the executable, the units and the
 * user as long as another project is watched, and whatever was there before the first install.
 */
export function planUninstall(machine: Machine): UninstallStep[] {
  const { project, journal, enabled, active, files } = machine;
  const last = machine.projects.every((name) => name === project);
  const units = [`${UNIT_FOLDER}/${AGENT_TEMPLATE}`, `${UNIT_FOLDER}/${SECRETS_TEMPLATE}`];
  const there = [tmpfilesFile(project), ...(last ? units : [])].filter((path) => files[path] !== undefined);
  const made = (what: "binary" | "user" | "group") => last && journal.made.includes(what);
  return [
    ...(enabled.agent || active ? [{ kind: "disable", unit: agentUnit(project) } as const] : []),
    ...(enabled.secrets ? [{ kind: "disable", unit: secretsUnit(project) } as const] : []),
    ...there.map((path) => ({ kind: "remove", path }) as const),
    ...(there.length > 0 || journal.pending ? [{ kind: "reload" } as const] : []),
    ...(machine.folders ? [{ kind: "close" } as const] : []),
    ...(made("user") && machine.user ? [{ kind: "remove-user" } as const] : []),
    ...(made("group") && machine.group ? [{ kind: "remove-group" } as const] : []),
    ...(made("binary") && machine.installed !== undefined ? [{ kind: "remove", path: BINARY } as const] : []),
  ];
}
