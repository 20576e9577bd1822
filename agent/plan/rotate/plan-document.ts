import type { RotationPlan } from "./types.ts";

/** The document of `rotate-secrets --dry-run --json`: null is what nobody knows. */
export function planDocument(plan: RotationPlan) {
  return {
    schema: 1,
    plan: {
      ...plan,
      services: plan.services.map((each) => ({ ...each, costsMs: each.costsMs ?? null })),
      keysThatDie: plan.keysThatDie ?? null,
      expectedMs: plan.expectedMs ?? null,
    },
  };
}
