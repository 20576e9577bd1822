import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { selectImages } from "../../plan/images/order-images.ts";
import type { Package } from "../../plan/images/packages.ts";
import { buildImages, planImages } from "../build.ts";
import { readComposeModel } from "../compose-model.ts";
import { type Operation, withOperation } from "../operation.ts";
import type { Project } from "../project.ts";
import type { BuiltImage } from "./built-image.ts";
import { imagePackages } from "./image-packages.ts";
import { projectImages } from "./project-images.ts";

export type BuildRequest = {
  /** Services or images; none means all. */
  names: readonly string[];
  refresh: boolean;
  waitMs: number;
  progress: Progress;
  signal: AbortSignal;
};

export type BuildReport = (BuiltImage & { cause: string; packages: readonly Package[] })[];

/** `soloflow-agent build`: under the project's lock, in the journal. Errors: see `buildImages` and `withOperation`. */
export function buildProject(host: Host, project: Project, request: BuildRequest): Promise<BuildReport> {
  const { waitMs, progress, signal } = request;
  return withOperation(host, project, { kind: "build", waitMs, progress, signal }, (operation) =>
    operation.journal(() => build(host, project, request, operation)),
  );
}

async function build(
  host: Host,
  project: Project,
  { names, refresh, progress, signal }: BuildRequest,
  { exec, store }: Operation,
): Promise<BuildReport> {
  const model = await readComposeModel(host, project);
  const all = await projectImages(host, project, model);
  const specs = selectImages(all, names, Object.keys(model.services));
  const plans = await planImages(host, project, specs, { refresh, wanted: names });
  const built = await buildImages(host, project, plans, progress, { exec, signal, history: store.builds });
  const packages = await imagePackages({ host, exec, project, signal }, built);
  const cause = new Map(plans.map((plan) => [plan.spec.name, plan.cause]));
  return built.map((image) => ({
    ...image,
    cause: cause.get(image.name) ?? "",
    packages: packages.get(image.id) ?? [],
  }));
}
