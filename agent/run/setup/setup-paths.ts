import { dirname, join } from "node:path";
import type { Host } from "../../host/host.ts";
import { projectPaths } from "../project.ts";

/** Where setup keeps what it needs; beside the projects, of which it belongs to none. */
export type SetupPaths = {
  /** Taken for as long as a setup runs. */
  lock: string;
  /** What a setup that runs still means to do; there only while one runs, or after one was cut off. */
  journal: string;
  /** Package lists and packages; removed when all is done. */
  work: string;
};

export function setupPaths(host: Pick<Host, "env" | "uid">): SetupPaths {
  const { state, cache } = projectPaths("any", host);
  const home = dirname(state);
  return { lock: join(home, "setup.lock"), journal: join(home, "setup.json"), work: join(cache, "setup") };
}
