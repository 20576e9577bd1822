import type { Command } from "../../core/command.ts";

/** Where programs for root lie; missing from PATH after `su`, in cron and in some services. */
const ROOT_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin";

/**
 * A command of the system, as a script runs it: in English, asking nothing, restarting no services on its own,
 * and finding what is for root.
 */
export function systemCommand(
  path: string | undefined,
  argv: Command["argv"],
  inheritFds: readonly number[] = [],
): Command {
  return {
    argv,
    inheritFds,
    env: {
      PATH: `${path ?? "/usr/local/bin:/usr/bin:/bin"}:${ROOT_FOLDERS}`,
      LC_ALL: "C",
      DEBIAN_FRONTEND: "noninteractive",
      NEEDRESTART_SUSPEND: "1",
    },
  };
}
