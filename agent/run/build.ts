import { SoloflowError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { buildSlots } from "../plan/images/build-slots.ts";
import { type DecideOptions, decideImages, type ImagePlan } from "../plan/images/decide-images.ts";
import type { ImageSpec } from "../plan/images/image-spec.ts";
import { buildImage } from "./build/build-image.ts";
import { withBuildSecrets } from "./build/build-secrets.ts";
import { type BuiltImage, keptImage } from "./build/built-image.ts";
import { imageStates, type PlanHost } from "./build/image-states.ts";
import { runInOrder } from "./build/run-in-order.ts";
import type { BuildHistory, BuildSetting } from "./build/setting.ts";
import { refuseTooLarge } from "./build/too-large.ts";
import type { Project } from "./project.ts";

export type BuildOptions = Pick<BuildSetting, "exec" | "signal"> & {
  /** Times and sizes of earlier builds; this one is added. */
  history: BuildHistory;
};

/**
 * Which images have to be built, and why; `specs` in build order, with all that they depend on. Changes nothing but
 * the agent's own cache of file hashes. `refresh` brings in newer packages although nothing changed here.
 */
export async function planImages(
  host: PlanHost,
  project: Project,
  specs: readonly ImageSpec[],
  options: DecideOptions = {},
): Promise<ImagePlan[]> {
  return decideImages(await imageStates(host, project, specs), options);
}

/**
 * Brings every image of the plans to its state, side by side as far as the machine goes, and says what each is now,
 * in the plans' order. Layers that are gone and that nothing needs are left out.
 * Errors: see `buildImage`; several failures come as one error that holds them all.
 */
export async function buildImages(
  host: BuildSetting["host"],
  project: Project,
  plans: readonly ImagePlan[],
  progress: Progress,
  { exec, signal, history }: BuildOptions,
): Promise<BuiltImage[]> {
  const setting: BuildSetting = { host, exec, project, progress, signal };
  const done = new Map<string, BuiltImage>();
  for (const plan of plans) {
    const kept = plan.action === "keep" ? keptImage(plan) : undefined;
    if (kept === undefined || plan.current === undefined) continue;
    await refuseTooLarge(setting, plan.spec, plan.current);
    done.set(kept.name, kept);
  }
  const changed = plans.filter(({ action }) => action === "build");
  await buildAll(setting, changed, history, done);
  return plans.flatMap(({ spec }) => done.get(spec.name) ?? []);
}

async function buildAll(
  setting: BuildSetting,
  plans: readonly ImagePlan[],
  history: BuildHistory,
  done: Map<string, BuiltImage>,
): Promise<void> {
  if (plans.length === 0) return;
  const slots = await slotsOf(setting);
  await withBuildSecrets(setting.host, setting.project, async (secrets) => {
    const tasks = plans.map((plan) => ({
      name: plan.spec.name,
      after: plan.spec.dependsOn,
      run: async () => {
        const times = plan.spec.dependsOn.map((name) => [name, done.get(name)?.createdAt ?? ""]);
        const bases: Record<string, string> = Object.fromEntries(times);
        done.set(plan.spec.name, await buildImage(setting, { plan, bases, secrets, history }));
      },
    }));
    await runInOrder(tasks, slots).catch((thrown) => {
      throw thrown instanceof AggregateError ? together(thrown.errors) : thrown;
    });
  });
}

async function slotsOf({ host }: BuildSetting): Promise<number> {
  const { cpus, memoryBytes } = await host.engine.info();
  const memory = (await host.files.readText("/proc/meminfo")) ?? "";
  const free = /^MemAvailable:\s+(\d+) kB$/m.exec(memory)?.[1];
  return buildSlots({ cpus, freeBytes: free === undefined ? memoryBytes / 2 : Number(free) * 1024 });
}

/** One after the other, the first error's code and hint; a cancelled one says nothing beside others. */
function together(errors: readonly unknown[]): unknown {
  const known = errors.filter((error) => error instanceof SoloflowError);
  const real = known.filter((error) => error.code !== "cancelled");
  const [first = known[0], ...others] = real;
  if (first === undefined || others.length === 0) return first ?? errors[0];
  const message = [first, ...others].map((error) => error.message).join("\n");
  return new SoloflowError(first.code, message, { hint: first.hint, exitCode: first.exitCode, cause: first });
}
