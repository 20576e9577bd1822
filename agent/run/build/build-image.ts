import { relative } from "node:path";
import type { Image } from "../../core/container.ts";
import { reason, SoloflowError } from "../../core/errors.ts";
import { type BuildSecret, buildCommand, stagingReference } from "../../plan/images/build-command.ts";
import { buildFault } from "../../plan/images/build-fault.ts";
import { buildNote, median } from "../../plan/images/build-note.ts";
import { BuildOutput } from "../../plan/images/build-output.ts";
import { dateTag } from "../../plan/images/date-tag.ts";
import type { ImagePlan } from "../../plan/images/decide-images.ts";
import { type BuiltImage, builtImage } from "./built-image.ts";
import { workFolder, writeParts } from "./image-files.ts";
import { endedBadly } from "./outcome-error.ts";
import { makeRootfs } from "./rootfs.ts";
import type { BuildHistory, BuildSetting } from "./setting.ts";
import { refuseTooLarge } from "./too-large.ts";

const TIMEOUT_MS = 30 * 60_000;
/** Builds that "usually" is taken from. */
const REMEMBERED = 10;

export type BuildJob = {
  plan: ImagePlan;
  /** When the images were made that it is built from, by name. */
  bases: Readonly<Record<string, string>>;
  secrets: readonly BuildSecret[];
  history: BuildHistory;
};

/**
 * Builds one image under a name of its own and gives it its tags only when it is good: a build that fails, is
 * killed or comes out too large leaves what `latest` is as it was.
 * Errors: SoloflowError "build", "recipe", "too-large", "timeout", "cancelled".
 */
export async function buildImage(setting: BuildSetting, job: BuildJob): Promise<BuiltImage> {
  const { host, progress, project } = setting;
  const { spec, inputs, cause } = job.plan;
  const step = progress.step(`building ${spec.name} (${cause})`);
  const staging = stagingReference(spec.name, project.config.project);
  const startedAt = host.clock.monotonic();
  try {
    await clean(setting, job);
    const image = await make(setting, job, staging, step.detail);
    await refuseTooLarge(setting, spec, image, staging);
    const tags = await tag(setting, job.plan, image);
    const ms = Math.round(host.clock.monotonic() - startedAt);
    const earlier = job.history.history(spec.name, REMEMBERED);
    const usualMs = median(earlier.map((build) => build.ms));
    const built = builtImage(job.plan, image, { built: true, ms, usualMs, tags });
    step.done(buildNote({ ...built, lastBytes: earlier[0]?.sizeBytes }));
    job.history.record({ ...built, image: spec.name, at: host.clock.now(), cached: false, inputs });
    return built;
  } catch (thrown) {
    step.fail(reason(thrown));
    throw thrown;
  } finally {
    await clean(setting, job).catch(() => {});
  }
}

/** Also what an agent left behind that was killed. */
async function clean({ host, project }: BuildSetting, { plan }: BuildJob): Promise<void> {
  await host.engine.untag(stagingReference(plan.spec.name, project.config.project));
  await host.files.remove(workFolder(project, plan.spec.name));
}

async function make(
  setting: BuildSetting,
  { plan, bases, secrets }: BuildJob,
  staging: string,
  detail: (text: string) => void,
): Promise<Image> {
  const { spec, inputs, fresh } = plan;
  const { host, project, exec, signal } = setting;
  const rootfs =
    spec.recipe === undefined ? {} : { rootfs: await makeRootfs(setting, spec, spec.recipe, detail) };
  const output = new BuildOutput();
  const onLine = (line: string) => {
    output.push(line);
    detail(output.detail);
  };
  const command = buildCommand({
    spec,
    project: project.config.project,
    inputs,
    bases,
    secrets,
    fresh,
    ...rootfs,
  });
  const outcome = await exec(command, { timeoutMs: TIMEOUT_MS, signal, onLine });
  if (outcome.kind !== "ok") {
    const bad = endedBadly(outcome, `building ${spec.name}`, TIMEOUT_MS);
    if (bad !== undefined) throw bad;
    const { message, hint } = buildFault(
      spec.name,
      shownPath(project.root, spec.dockerfile),
      output.failure(),
    );
    throw new SoloflowError("build", message, { hint });
  }
  const image = await host.engine.image(staging);
  if (image !== undefined) return image;
  throw new SoloflowError("build", `${spec.name} was built, but docker does not have it`, {
    hint: "look at `docker context ls`: the agent and the docker command must use the same engine",
  });
}

async function tag({ host, project }: BuildSetting, plan: ImagePlan, image: Image): Promise<string[]> {
  const { spec, inputs, parts } = plan;
  const tags = [...new Set(["latest", dateTag(host.clock.now()), ...spec.tags])];
  await writeParts(host, project, { image: spec.name, inputs, parts });
  for (const each of tags) await host.engine.tag(image.id, `${spec.name}:${each}`);
  return tags;
}

function shownPath(root: string, path: string): string {
  const inside = relative(root, path);
  return inside.startsWith("..") ? path : inside;
}
