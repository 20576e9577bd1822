import type { SecretKind } from "../../config/config.ts";
import type { ToMake } from "../secrets-ensure.ts";

/**
 * How far a rotation has come: the last point that was done. Up to "verified" the way out is back ("undoing"), from
 * "committed" on it is forward; "curing" commits one more version, in which the old values issue again.
 */
export type RotationState =
  | ("planned" | "staged" | "db-prepared" | "expanded" | "verified")
  | ("committed" | "flipped" | "soak")
  | ("retired" | "contracted" | "closed" | "done")
  | ("undoing" | "apps-undone" | "roles-undone" | "aborted")
  | "curing";

/** One rotation as the store keeps it. Never a value. Times are milliseconds since 1970. */
export type Rotation = {
  id: number;
  state: RotationState;
  cause: RotationCause;
  names: readonly RotatedName[];
  /** Versions of the store: the one before, and the newest that this rotation has committed or is about to. */
  fromVersion: number;
  toVersion: number;
  startedAt: number;
  /** Set on entering "soak". */
  soakUntil: number | undefined;
  endedAt: number | undefined;
  /** The old values issue again: what is given up at the end is the new ones. */
  cured: boolean;
  result: "done" | "aborted" | "cured" | undefined;
  /** Why it was undone or cured, in words. */
  why: string | undefined;
  who: string;
};

export type RotationCause = "asked" | "due" | "compromised" | "back";

/** Work that a name needs: its roles in PostgreSQL, and rollouts in which its services' files change. */
export type Phase = "roles" | "expand" | "flip" | "contract";

export type RotatedName = {
  name: string;
  kind: SecretKind;
  /** Numbers of the secret's own versions: the one that issued, and the new one. */
  from: number;
  to: number;
  phases: readonly Phase[];
  /** Who was given it when the rotation began, without the agent itself. */
  services: readonly string[];
  /** Of a login: where it is, as it was when the rotation began. Rows of an older agent do not have it. */
  login?: RotatedLogin | undefined;
  /** What it gives up (the old value, or the new one of a cured rotation) is gone from the store. */
  closed: boolean;
};

/** The superuser has a service only. */
export type RotatedLogin = {
  service: string;
  database?: string | undefined;
  owner?: string | undefined;
  roles?: readonly [string, string] | undefined;
};

/** A secret without its values; the first version issues, all are accepted. */
export type SecretState = {
  name: string;
  kind: SecretKind;
  versions: readonly { n: number; createdAt: string; role: string | undefined }[];
  /** A value has a comma in it: no list "2:new,1:old" can hold it. */
  hasComma?: boolean;
};

/** A name that stays as it is, and why. */
export type LeftName = { name: string; why: string };

/** How many API keys stand on each version of a pepper. */
export type KeyCount = { n: number; count: number };

/** What a rotation costs a service until SOAK and afterwards. */
export type RotatedService = {
  service: string;
  how: "two colours" | "replaced" | "runs again";
  rollouts: number;
  /** How long it is away, all in all; 0 for two colours, undefined without history. */
  costsMs: number | undefined;
};

/** What a rotation will do, as data: the preview prints it, the machine does it. */
export type RotationPlan = {
  cause: RotationCause;
  /** Empty: nothing is to be rotated. */
  names: readonly RotatedName[];
  /** The values that the agent makes; those of external names, and earlier ones, come from elsewhere. */
  make: readonly ToMake[];
  left: readonly LeftName[];
  services: readonly RotatedService[];
  sessions: "kept" | "ended";
  keys: readonly { name: string; versions: readonly KeyCount[] }[];
  /** Keys that nobody accepts any more once it is through; undefined where nobody could count them. */
  keysThatDie: number | undefined;
  /** Of adopted databases: what is given to the owner role before the apps change their login. */
  owners: readonly { name: string; login: string; owner: string; objects: number }[];
  /** Until SOAK, from the services' usual starts; undefined when one has no history. */
  expectedMs: number | undefined;
  /** What the operator is used to and this rotation cannot keep, in sentences. */
  promisesThatFall: readonly string[];
  soakMs: number;
};

/** Why nothing can be rotated. `path` leads to the place in soloflow.toml. */
export type Refusal = { path: readonly (string | number)[]; message: string; hint: string };
