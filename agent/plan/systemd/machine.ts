/** What `install` has made on this machine, kept so that `uninstall` takes back just that. */
export type Made = "binary" | "group" | "user";

export type Journal = {
  made: readonly Made[];
  /** An install or uninstall was begun and did not come to its end. */
  pending: boolean;
};

/** What is there before `install` or `uninstall`; gathered once by `run/install/observe-machine.ts`. */
export type Machine = {
  project: string;
  journal: Journal;
  /** sha256 of the executable in its place; undefined where there is none. */
  installed: string | undefined;
  group: boolean;
  user: boolean;
  /** Content of each file that an install of this project writes; undefined where it is not there. */
  files: Readonly<Record<string, string | undefined>>;
  /** Whether the folders have the mode and owner that they are to have. */
  folders: boolean;
  /** Whether systemd starts them by itself. */
  enabled: { agent: boolean; secrets: boolean; timer: boolean };
  /** Whether they run now. */
  active: { agent: boolean; timer: boolean };
  /** Every project of this machine whose agent is enabled, this one too. */
  projects: readonly string[];
  /** The same of those whose timer is. */
  timers: readonly string[];
};
