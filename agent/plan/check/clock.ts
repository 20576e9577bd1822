import type { Fault } from "../../config/fault.ts";
import { formatDuration } from "../../core/duration.ts";
import { error, MACHINE, type Place, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** An engine on this machine shares our clock; more than this is another machine, or a clock that was set. */
const AHEAD_MS = 5_000;
/** Certificates and sessions are refused for less. */
const TOO_FAR_MS = 300_000;

/** Certificates, sessions, webhooks and the order of events all stand on the clock. */
export function clock({ machine, configSource }: Subject): Fault[] {
  return [
    ...ahead(machine.engineAheadMs ?? 0),
    ...(machine.nowMs + 60_000 < machine.configChangedMs ? [beforeConfig(configSource.file)] : []),
    ...(machine.clockSynchronised === false ? [notSynchronised()] : []),
  ];
}

function ahead(ms: number): Fault[] {
  if (Math.abs(ms) < AHEAD_MS) return [];
  const words = {
    message: `the engine's clock is ${formatDuration(Math.abs(ms))} ${ms > 0 ? "ahead of" : "behind"} this machine's`,
    hint: "set both by the network: timedatectl set-ntp true",
  };
  return [(Math.abs(ms) < TOO_FAR_MS ? warning : error)("clock", MACHINE, words)];
}

function beforeConfig(file: string): Fault {
  const place: Place = MACHINE;
  return error("clock", place, {
    message: `the clock is wrong: it stands before the last change of ${file}`,
    hint: "set it by the network: timedatectl set-ntp true",
  });
}

function notSynchronised(): Fault {
  return warning("clock", MACHINE, {
    message: "the clock is not set by the network: it will drift until certificates and sessions are refused",
    hint: "timedatectl set-ntp true",
  });
}
