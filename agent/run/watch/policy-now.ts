import type { WatchPolicy } from "../../plan/watchdog/model.ts";
import { policyOf } from "../../plan/watchdog/policy-of.ts";
import { NO_SETTINGS } from "../../plan/watchdog/settings.ts";
import type { Memory } from "./memory.ts";
import type { UsualTimes } from "./usual-times.ts";
import type { WatchedModel } from "./watched-model.ts";

const HINDERED = "the agent's state cannot be written";

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
  if (fault === undefined) return policy;
  const mute = Object.entries(policy.services).map(([service, own]) => {
    return [service, { ...own, mode: "report", hindered: HINDERED }] as const;
  });
  return { ...policy, services: Object.fromEntries(mute) };
}
