import type { Piece } from "./requirements.ts";

/** What setup knows of the machine before it decides; gathered once by `run/setup/observe-machine.ts`. */
export type Machine = {
  root: boolean;
  system: System;
  /** Version of the GNU C library; undefined on another C library. */
  glibc: string | undefined;
  /** Whether systemd runs the machine (is PID 1). */
  systemd: boolean;
  /** Whether the kernel's control groups are mounted: no engine starts without. */
  cgroups: boolean;
  engine: EngineState;
  /** Version of each other piece and where it was found; undefined when it is not there. */
  tools: Readonly<Record<Exclude<Piece, "engine">, Tool | undefined>>;
  /** undefined where packages are not apt's, or while nothing is lacking and so nobody looked. */
  apt: Apt | undefined;
  /** Packages that an earlier setup, which was cut off, meant to hold; undefined when none was cut off. */
  unfinished: readonly string[] | undefined;
};

export type System = {
  /** ID of os-release: "debian". */
  id: string;
  /** ID_LIKE of os-release. */
  like: readonly string[];
  /** VERSION_CODENAME: "bookworm". */
  codename: string | undefined;
  /** PRETTY_NAME, for people. */
  name: string;
};

export type Tool = { version: string; path: string | undefined };

/** `containers` counts those an upgrade would stop: the running ones, or all where that cannot be asked. */
export type EngineState =
  | { state: "running"; version: string; containers: number }
  | { state: "stopped"; version: string; containers: number }
  | { state: "denied" }
  | { state: "absent" };

/** Package versions by name; a name that is missing is not installed, or not to be had. */
export type Packages = Readonly<Record<string, string>>;

export type Apt = {
  installed: Packages;
  /** What the machine's own sources offer. */
  candidates: Packages;
  /** What the suite of the next release offers, on the machine's own mirrors. */
  next: { suite: string; candidates: Packages } | undefined;
  /** A dpkg run was cut off in the middle. */
  interrupted: boolean;
  /** Packages without which the engine does not work well here: the AppArmor parser, CA certificates. */
  companions: readonly string[];
};
