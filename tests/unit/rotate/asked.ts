import type { Config } from "../../../agent/config/config.ts";
import type { RotationFacts, RotationWish } from "../../../agent/plan/rotate/facts.ts";
import { planRotation } from "../../../agent/plan/rotate/plan-rotation.ts";
import type { Refusal, Rotation, RotationPlan, SecretState } from "../../../agent/plan/rotate/types.ts";
import { secretsConfig } from "../../support/secrets-config.ts";

export const NOW = Date.parse("2026-03-01T00:00:00Z");

/** A secret with these versions, all made at the beginning of the year. */
export function stateOf(name: string, kind: SecretState["kind"], ...versions: (number | [number, string])[]) {
  const createdAt = "2026-01-01T00:00:00.000Z";
  const numbered = versions.map(
    (each) => (typeof each === "number" ? [each, undefined] : each) as [number, string],
  );
  return { name, kind, versions: numbered.map(([n, role]) => ({ n, createdAt, role })) };
}

export const STATES: readonly SecretState[] = [
  stateOf("API_KEY_PEPPER", "pepper", 1),
  stateOf("BETTER_AUTH_SECRET", "generated", 1),
  stateOf("DATABASE_URL", "database", [1, "shop_a"]),
  stateOf("POSTGRES_PASSWORD", "superuser", 1),
  stateOf("STRIPE_SECRET_KEY", "external", 1),
];

export const FACTS: RotationFacts = {
  services: { gateway: "overlap", provider: "overlap", database: "replace" },
  usualMs: { gateway: 900, provider: 1_800, database: 6_000 },
  keys: { API_KEY_PEPPER: [{ n: 1, count: 12 }] },
  sessions: { shop_a: 4, shop_b: 0 },
  foreign: {},
  rotations: [],
};

type Asked = {
  config?: Config;
  states?: readonly SecretState[];
  wish?: Partial<RotationWish>;
  facts?: Partial<RotationFacts>;
};

function planned({ config = secretsConfig(), states = STATES, wish, facts }: Asked) {
  const asked: RotationWish = { which: "all", names: [], given: [], compromised: false, ...wish };
  return planRotation(config, states, NOW, asked, { ...FACTS, ...facts });
}

export function planFor(asked: Asked): RotationPlan {
  const result = planned(asked);
  if (result.kind === "refused") throw new Error(JSON.stringify(result.refusals));
  return result.plan;
}

export function refusalsFor(asked: Asked): readonly Refusal[] {
  const result = planned(asked);
  if (result.kind === "plan") throw new Error("it was not refused");
  return result.refusals;
}

export function named(...names: string[]): Partial<RotationWish> {
  return { which: "named", names, given: [] };
}

export function rotationOf(plan: Pick<RotationPlan, "names">, more: Partial<Rotation> = {}): Rotation {
  return {
    ...{ id: 1, state: "planned", cause: "asked", names: plan.names, fromVersion: 1, toVersion: 2 },
    ...{ startedAt: NOW, soakUntil: undefined, endedAt: undefined, cured: false, result: undefined },
    ...{ why: undefined, who: "root" },
    ...more,
  };
}
