import { GROUP, RUN_ROOT } from "./places.ts";

/**
 * The run folder, in memory, made at each boot before anything of ours starts. What is made in it belongs to the group:
 * its members reach the watchdog's socket, and nothing else, for the decrypted secrets below are root's (0700).
 */
export function tmpfilesText(project: string): string {
  return `# Written by soloflow-agent install.
d ${RUN_ROOT} 0755 root root -
d ${RUN_ROOT}/${project} 2750 root ${GROUP} -
`;
}
