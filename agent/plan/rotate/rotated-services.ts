import type { Strategy } from "../strategy.ts";
import type { RotationFacts } from "./facts.ts";
import type { Phase, RotatedName, RotatedService } from "./types.ts";

const HOW: Readonly<Record<Strategy, RotatedService["how"]>> = {
  overlap: "two colours",
  replace: "replaced",
  once: "runs again",
};

/** Services whose containers change, in the order of their names. */
export function servicesOf(
  names: readonly RotatedName[],
  { services, usualMs }: Pick<RotationFacts, "services" | "usualMs">,
): RotatedService[] {
  return Object.entries(services)
    .map(([service, strategy]) => {
      const rollouts = ROLLOUTS.filter((phase) => changing(names, phase).includes(service)).length;
      const usual = usualMs[service];
      const awayMs = usual === undefined ? undefined : usual * rollouts;
      return { service, how: HOW[strategy], rollouts, costsMs: strategy === "replace" ? awayMs : 0 };
    })
    .filter(({ rollouts }) => rollouts > 0)
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

const ROLLOUTS: readonly Phase[] = ["expand", "flip", "contract"];

/** Services that a rollout of this phase touches: the superuser's file changes in place. */
function changing(names: readonly RotatedName[], phase: Phase): string[] {
  return names
    .filter(({ kind, phases }) => kind !== "superuser" && phases.includes(phase))
    .flatMap(({ services }) => services);
}

/**
 * Until SOAK, milliseconds: in each rollout services start side by side, after the one-shots that they wait for.
 * undefined when one that is awaited has no history.
 */
export function rolloutsMs(names: readonly RotatedName[], facts: RotationFacts): number | undefined {
  const times = (["expand", "flip"] as const).flatMap((phase) => {
    const touched = [...new Set(changing(names, phase))];
    const [once, awaited] = [touched.filter(isOnce(facts)), touched.filter((each) => !isOnce(facts)(each))];
    return [once, awaited].map((some) => some.map((service) => facts.usualMs[service]));
  });
  if (times.some((some) => some.includes(undefined))) return undefined;
  return times.reduce((total, some) => total + Math.max(0, ...some.map((ms) => ms ?? 0)), 0);
}

function isOnce({ services }: Pick<RotationFacts, "services">): (service: string) => boolean {
  return (service) => services[service] === "once";
}
