import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import type { RotationWish } from "../../plan/rotate/facts.ts";
import { planRotation } from "../../plan/rotate/plan-rotation.ts";
import { secretStates } from "../../plan/rotate/secret-states.ts";
import type { LeftName, Rotation, RotationPlan } from "../../plan/rotate/types.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { refuseTamperedAudit } from "../audit/audit-log.ts";
import { type Operation, withOperation } from "../operation.ts";
import type { Project } from "../project.ts";
import { currentSecrets } from "./current-secrets.ts";
import { drive } from "./drive.ts";
import { freshValues } from "./fresh-values.ts";
import { lookAround } from "./look.ts";
import { preflight } from "./preflight.ts";
import { startRotation } from "./rotation-record.ts";
import { settleRotations, underJournal } from "./settle.ts";

export type RotateOptions = {
  wish: Omit<RotationWish, "given">;
  /** Values of external names, as somebody typed them. */
  given: Readonly<Record<string, Secret>>;
  who: string;
  /** Shown the plan before anything is done; throws where somebody says no. */
  agree(plan: RotationPlan): Promise<void>;
  waitMs: number;
  progress: Progress;
  signal: AbortSignal;
};

export type RotateResult = {
  /** undefined where there was nothing to rotate. */
  rotation: Rotation | undefined;
  plan: RotationPlan;
  left: readonly LeftName[];
  durationMs: number;
};

/**
 * Rotates what is wished for, up to SOAK. What an earlier command left is settled first. Errors: SoloflowError
 * "rotation" (exit 2) where it is refused, with every reason; those of `drive`. A rotation that was taken back or cured
 * is a result.
 */
export async function rotateSecrets(
  host: Host,
  project: Project,
  options: RotateOptions,
): Promise<RotateResult> {
  const startedAt = host.clock.monotonic();
  const { progress, signal } = options;
  return withOperation(host, project, { kind: "rotate-secrets", ...options }, async (operation) => {
    await settleRotations({ host, project, operation, progress, signal });
    const plan = await planNow(host, project, operation, options);
    await options.agree(plan);
    const rotation =
      plan.names.length === 0 ? undefined : await rotate(host, project, operation, plan, options);
    const durationMs = Math.round(host.clock.monotonic() - startedAt);
    return { rotation, plan, left: plan.left, durationMs };
  });
}

/** The plan that follows from how everything is now; nothing is changed. Errors: as `rotateSecrets`. */
export async function planNow(
  host: Host,
  project: Project,
  { store }: Pick<Operation, "store">,
  { wish, given }: Pick<RotateOptions, "wish" | "given">,
): Promise<RotationPlan> {
  const states = secretStates((await currentSecrets({ host, project })).secrets);
  const facts = await lookAround({ host, project, store }, states);
  const asked = { ...wish, given: Object.keys(given) };
  const planned = planRotation(project.config, states, host.clock.now(), asked, facts);
  if (planned.kind === "plan") return planned.plan;
  const [first, ...others] = planned.refusals;
  const lines = others.map(({ message, hint }) => `${message}\n  ${hint}`);
  throw new SoloflowError("rotation", [first?.message ?? "nothing can be rotated", ...lines].join("\n"), {
    hint: first?.hint,
    exitCode: EXIT.usage,
  });
}

async function rotate(
  host: Host,
  project: Project,
  operation: Operation,
  plan: RotationPlan,
  { given, who, progress, signal }: RotateOptions,
): Promise<Rotation> {
  const { secrets, version, keys } = await currentSecrets({ host, project });
  await refuseTamperedAudit(host, project, keys);
  await preflight(
    { host, project, store: operation.store },
    plan.services.map(({ service }) => service),
  );
  const fresh: Secrets = await freshValues(host, project, { plan, given, secrets, version, progress });
  return underJournal(
    { host, project, operation, progress, signal },
    (rotating) => {
      const rotation = startRotation(rotating.store, {
        ...{ state: "planned", cause: plan.cause, names: plan.names, who },
        ...{ fromVersion: version, toVersion: version + 1, startedAt: host.clock.now() },
        ...{ soakUntil: undefined, endedAt: undefined, cured: false, result: undefined, why: undefined },
      });
      return drive(rotating, rotation);
    },
    { fresh },
  );
}
