import type { Image } from "../../core/container.ts";
import { reason } from "../../core/errors.ts";
import { median } from "../../core/percentile.ts";
import { type BuildSecret, stagingReference } from "../../plan/images/build-command.ts";
import { buildNote } from "../../plan/images/build-note.ts";
import { dateTag } from "../../plan/images/date-tag.ts";
import type { ImagePlan } from "../../plan/images/decide-images.ts";
import { type BuiltImage, builtImage } from "./built-image.ts";
import { changedMeanwhile } from "./changed-meanwhile.ts";
import { dockerBuild } from "./docker-build.ts";
import { workFolder, writeParts } from "./image-files.ts";
import { makeRootfs } from "./rootfs.ts";
import type { BuildHistory, BuildSetting } from "./setting.ts";
import { refuseTooLarge } from "./too-large.ts";

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
  const { clock } = setting.host;
  const { spec, cause } = job.plan;
  if (spec.ignored.length > 0)
    setting.progress.warn(
      `${spec.name}: the compose file's build options ${spec.ignored.join(", ")} are not passed on`,
      `build it by hand, and name it with [service.NAME] image = "${spec.name}"`,
    );
  const step = setting.progress.step(`building ${spec.name} (${cause})`);
  const startedAt = clock.monotonic();
  try {
    await clean(setting, job);
    const { image, inputs } = await produce(setting, job, step.detail);
    await refuseTooLarge(setting, spec, image);
    const tags = await tag(setting, { ...job.plan, inputs }, image);
    const ms = Math.round(clock.monotonic() - startedAt);
    const earlier = job.history.history(spec.name, REMEMBERED);
    const usualMs = earlier.length === 0 ? undefined : median(earlier.map((build) => build.ms));
    const built = builtImage({ spec, inputs }, image, { built: true, ms, usualMs, tags });
    step.done(buildNote({ ...built, lastBytes: earlier[0]?.sizeBytes }));
    job.history.record({ ...built, image: spec.name, at: clock.now(), cached: false });
    return built;
  } catch (thrown) {
    step.fail(reason(thrown));
    throw thrown;
  } finally {
    await clean(setting, job).catch(() => {});
  }
}

/**
 * The image and the hash of its inputs. One that was built while somebody edited gets a hash that no inputs have,
 * since nobody knows which of the edits are in it: the next build makes it anew.
 */
async function produce(
  setting: BuildSetting,
  { plan, bases, secrets }: BuildJob,
  detail: (text: string) => void,
): Promise<{ image: Image; inputs: string }> {
  const { host, project, progress } = setting;
  const { spec, fresh } = plan;
  const root =
    spec.recipe === undefined ? {} : { rootfs: await makeRootfs(setting, spec, spec.recipe, detail) };
  const input = { spec, project: project.config.project, bases, secrets, fresh, ...root };
  const image = await dockerBuild(setting, { ...input, inputs: plan.inputs }, detail);
  const change = await changedMeanwhile(host, project, plan);
  if (change === undefined) return { image, inputs: plan.inputs };
  progress.warn(`while ${spec.name} was built, ${change}`, "the next build takes in what this one missed");
  const inputs = `${plan.inputs}-edited`;
  return { image: await dockerBuild(setting, { ...input, inputs, fresh: false }, detail), inputs };
}

/** Also what an agent left behind that was killed. */
async function clean({ host, project }: BuildSetting, { plan }: BuildJob): Promise<void> {
  await host.engine.untag(stagingReference(plan.spec.name, project.config.project));
  await host.files.remove(workFolder(project, plan.spec.name));
}

async function tag({ host, project }: BuildSetting, plan: ImagePlan, image: Image): Promise<string[]> {
  const { spec, inputs, parts } = plan;
  const tags = [...new Set(["latest", dateTag(host.clock.now()), ...spec.tags])];
  await writeParts(host, project, { image: spec.name, inputs, parts });
  for (const each of tags) await host.engine.tag(image.id, `${spec.name}:${each}`);
  return tags;
}
