import type { Probe } from "../config/config.ts";
import type { Colour } from "./colour.ts";
import type { ComposeService } from "./compose-model.ts";
import { INGRESS } from "./ingress-spec.ts";
import type { Strategy } from "./strategy.ts";
import type { Unit } from "./unit.ts";
import type { ServiceMode } from "./watchdog/model.ts";
import { defaultMode } from "./watchdog/watch-mode.ts";

/**
 * What the last deploy said of a service, kept beside the model: enough to look at it, and to watch it, without
 * soloflow.toml, which may be broken just when somebody wants to know.
 */
export type DeployedUnit = {
  service: string;
  strategy: Strategy;
  hash: string;
  ready: Probe | undefined;
  readyWithinMs: number;
  drainMs: number;
  healthcheck: boolean;
  instances: readonly { name: string; colour: Colour | undefined }[];
} & WatchedUnit;

/** What only the watchdog and the ingress go by: a change of it touches no container. */
type WatchedUnit = {
  live: Probe | undefined;
  watch: ServiceMode;
  /** Both colours run. */
  standby: boolean;
  /** Services that must be ready (a one-shot: completed) for this one to work. */
  needs: readonly string[];
  /** With a standby: a slower answer counts as a hang. */
  answerWithinMs: number;
  /** Where it tells fingerprints of its secrets (GET, JSON of `parseFingerprints`), inside of its container's network. */
  fingerprints?: { port: number; path: string } | undefined;
};

/** Default of `answer_within`, the watchdog's own patience with a late answer. */
export const ANSWER_WITHIN_MS = 5_000;

export function deployedUnit(unit: Unit): DeployedUnit {
  const { live, watch, standby, answerWithinMs, fingerprints } = unit;
  // The ingress starts after what it leads to, but works without: whose apps are down is not its fault.
  const needs = unit.service === INGRESS ? [] : unit.needs;
  return { ...settledUnit(unit), live, watch, standby, needs, answerWithinMs, fingerprints };
}

/** What a service must have been seen ready with; the rest is nobody's business but the watchdog's. */
export function settledUnit(unit: Unit | DeployedUnit): Omit<DeployedUnit, keyof WatchedUnit> {
  const { service, strategy, hash, ready, readyWithinMs, drainMs, healthcheck } = unit;
  const instances = unit.instances.map(({ name, colour }) => ({ name, colour }));
  return { service, strategy, hash, ready, readyWithinMs, drainMs, healthcheck, instances };
}

/** A unit as an older agent may have written it, with what it did not know yet. */
export type WrittenUnit = Omit<DeployedUnit, keyof WatchedUnit> & Partial<WatchedUnit>;

/** `services`: those of the same model file. */
export function revivedUnit(
  unit: WrittenUnit,
  services: Readonly<Record<string, ComposeService>>,
): DeployedUnit {
  const spec = services[unit.instances[0]?.name ?? unit.service] ?? {};
  return {
    ...unit,
    live: unit.live,
    watch: unit.watch ?? defaultMode(unit.service, spec),
    standby: unit.standby ?? false,
    needs: unit.needs ?? [],
    answerWithinMs: unit.answerWithinMs ?? ANSWER_WITHIN_MS,
  };
}
