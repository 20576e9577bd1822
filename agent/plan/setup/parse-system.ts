import type { System } from "./machine.ts";

/** /etc/os-release; fields that are missing are "unknown" or absent. */
export function parseOsRelease(text: string): System {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line.trim()) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value.replace(/^(["'])(.*)\1$/, "$2"));
  }
  const id = fields.get("ID") ?? "unknown";
  return {
    id,
    like: (fields.get("ID_LIKE") ?? "").split(/\s+/).filter((word) => word !== ""),
    codename: fields.get("VERSION_CODENAME"),
    name: fields.get("PRETTY_NAME") ?? id,
  };
}

/** Whether /proc/mounts has control groups, of either version. */
export function hasCgroups(mounts: string): boolean {
  return mounts.split("\n").some((line) => /^\S+ \S+ cgroup2? /.test(line));
}
