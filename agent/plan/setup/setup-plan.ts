/** Where packages come from: the machine's own sources, or the suite of the next release on its mirrors. */
export type PackageSource = { from: "docker" | "distribution" } | { from: "next"; suite: string };

export type SetupStep =
  /** Finishes a dpkg run that was cut off. */
  | { kind: "repair"; cause: string }
  /** `packages` are Docker's, with the version that was seen; `companions` come from the machine's own suites. */
  | {
      kind: "install";
      source: PackageSource;
      packages: readonly { name: string; version: string }[];
      companions: readonly string[];
      cause: string;
    }
  | { kind: "hold"; packages: readonly string[]; cause: string }
  /** `replace`: an older engine still runs, whatever was installed meanwhile. */
  | { kind: "start"; by: "systemd" | "dockerd"; replace: boolean; cause: string };

/** A running engine that would be replaced: its containers stop for as long as that takes. */
export type Upgrade = { from: string; to: string; containers: number };

export type SetupPlan =
  | { kind: "ready" }
  | { kind: "steps"; steps: readonly SetupStep[]; upgrade: Upgrade | undefined }
  /** Only root can do it, or even see what is there. */
  | { kind: "root"; cause: string }
  /** Not for setup to do: the commands are for a person. */
  | { kind: "manual"; cause: string; commands: readonly string[] };
