import type { Config } from "../../config/config.ts";
import type { Strategy } from "../strategy.ts";
import type { KeyCount, Rotation, SecretState } from "./types.ts";

/** What somebody asks for. `given`: external names for which a value is there, or will be asked for. */
export type RotationWish = {
  which: "due" | "all" | "named" | "back";
  names: readonly string[];
  given: readonly string[];
  compromised: boolean;
  /** due: what falls due up to then counts too. Default: now. */
  until?: number;
};

/** What was found out for the plan. Absent means that nobody could look, never zero. */
export type RotationFacts = {
  /** Services that are deployed, and how they are changed. */
  services: Readonly<Record<string, Strategy>>;
  /** By name: who was given it, by the record of deliveries; absent: whom soloflow.toml names. */
  served?: Readonly<Record<string, readonly string[]>>;
  /** Usual time from start to ready, by service. */
  usualMs: Readonly<Record<string, number>>;
  /** By name of a pepper. */
  keys: Readonly<Record<string, readonly KeyCount[]>>;
  /** Connections by role. */
  sessions: Readonly<Record<string, number>>;
  /** By name of an adopted login: how many objects the owner role does not own yet. */
  foreign: Readonly<Record<string, number>>;
  /** All that the store remembers: numbers are not given twice. */
  rotations: readonly Rotation[];
};

/** All that says whether a secret can be rotated. */
export type Asked = {
  config: Config;
  states: readonly SecretState[];
  wish: RotationWish;
  facts: RotationFacts;
};
