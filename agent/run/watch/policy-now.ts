import type { WatchPolicy } from "../../plan/watchdog/model.ts";
import { policyOf } from "../../plan/watchdog/policy-of.ts";
import { NO_SETTINGS } from "../../plan/watchdog/settings.ts";
import type { Memory } from "./memory.ts";
import type { UsualTimes } from "./usual-times.ts";
import type { WatchedModel } from "./watched-model.ts";

/**
 * The policy by the last deploy and all starts that were measured. While nothing can be written nothing may be
 * restarted either: every service is then only reported on.
 */
export function policyNow(
  model: WatchedModel | undefined,
  usual: UsualTimes,
  { fault }: Pick<Memory, "fault">,
): WatchPolicy {
  const { units = [], settings = NO_SETTINGS, services = {} } = model ?? {};
  const policy = policyOf(settings, units, usual.all(), services);
  const isMute = fault !== undefined;
  const adapted = units.flatMap((unit) => {
    const own = policy.services[unit.service];
    if (own === undefined) return [];
    return [[unit.service, { ...own, mode: isMute ? "report" : own.mode }] as const];
  });
  return { ...policy, services: Object.fromEntries(adapted) };
}
