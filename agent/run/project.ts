import { dirname, join, resolve } from "node:path";
import type { Config } from "../config/config.ts";
import type { Host } from "../host/host.ts";

/** A loaded soloflow.toml and where everything of its project lies. Paths are absolute. */
export type Project = {
  config: Config;
  /** The configuration file and its folder, to which every path in it is relative. */
  configFile: string;
  root: string;
  paths: ProjectPaths;
};

export type ProjectPaths = {
  /** Everything that must survive a reboot. */
  state: string;
  /** Decrypted secrets; on tmpfs. */
  run: string;
  database: string;
  lock: string;
  secrets: string;
  /** Folder of the flag files that say which colour serves. */
  active: string;
  ingress: string;
  /** Content that can be made again. */
  cache: string;
};

/**
 * /var/lib/soloflow/PROJECT for root, else the user's state folder; the same whoever calls.
 * SOLOFLOW_STATE_DIR, SOLOFLOW_RUN_DIR and SOLOFLOW_CACHE move the three roots (tests, containers).
 */
export function projectPaths(project: string, host: Pick<Host, "env" | "uid">): ProjectPaths {
  const home = host.env.HOME ?? "/";
  const root = host.uid === 0;
  const stateRoot =
    host.env.SOLOFLOW_STATE_DIR ??
    (root ? "/var/lib/soloflow" : join(host.env.XDG_STATE_HOME ?? join(home, ".local/state"), "soloflow"));
  const runRoot =
    host.env.SOLOFLOW_RUN_DIR ??
    (root ? "/run/soloflow" : join(host.env.XDG_RUNTIME_DIR ?? "/dev/shm", "soloflow"));
  const cache =
    host.env.SOLOFLOW_CACHE ??
    (root ? "/var/cache/soloflow" : join(host.env.XDG_CACHE_HOME ?? join(home, ".cache"), "soloflow"));
  const state = join(resolve(stateRoot), project);
  return {
    state,
    run: join(resolve(runRoot), project),
    database: join(state, "state.db"),
    lock: join(state, "lock"),
    secrets: join(state, "secrets"),
    active: join(state, "active"),
    ingress: join(state, "ingress"),
    cache: resolve(cache),
  };
}

export function projectRoot(configFile: string): string {
  return dirname(resolve(configFile));
}
