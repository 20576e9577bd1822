import type { Host } from "../host/host.ts";

/** The person at the terminal, as the audit log names them. */
export function whoAsks({ env, uid }: Pick<Host, "env" | "uid">): string {
  return env.SUDO_USER ?? env.USER ?? `uid ${uid}`;
}
