import { relative } from "node:path";
import type { Outcome } from "../../core/command.ts";
import type { Image } from "../../core/container.ts";
import { SoloflowError } from "../../core/errors.ts";
import { type BuildInput, buildCommand, stagingReference } from "../../plan/images/build-command.ts";
import { buildFault } from "../../plan/images/build-fault.ts";
import { BuildOutput } from "../../plan/images/build-output.ts";
import type { ImageSpec } from "../../plan/images/image-spec.ts";
import { endedBadly } from "./outcome-error.ts";
import type { BuildSetting } from "./setting.ts";

const TIMEOUT_MS = 30 * 60_000;

/** Runs `docker build` and gives the image, which has then only its staging name. Errors: see `buildImage`. */
export async function dockerBuild(
  setting: BuildSetting,
  input: BuildInput,
  detail: (text: string) => void,
): Promise<Image> {
  const { spec, project } = input;
  const output = new BuildOutput();
  const onLine = (line: string) => {
    output.push(line);
    detail(output.detail);
  };
  const limits = { timeoutMs: TIMEOUT_MS, signal: setting.signal, onLine };
  const outcome = await setting.exec(buildCommand(input), limits);
  if (outcome.kind !== "ok") throw buildError(setting, spec, outcome, output);
  const image = await setting.host.engine.image(stagingReference(spec.name, project));
  if (image !== undefined) return image;
  throw new SoloflowError("build", `${spec.name} was built, but docker does not have it`, {
    hint: "look at `docker context ls`: the agent and the docker command must use the same engine",
  });
}

function buildError(
  { project }: BuildSetting,
  spec: ImageSpec,
  outcome: Exclude<Outcome, { kind: "ok" }>,
  output: BuildOutput,
): SoloflowError {
  const bad = endedBadly(outcome, `building ${spec.name}`, TIMEOUT_MS);
  if (bad !== undefined) return bad;
  const inside = relative(project.root, spec.dockerfile);
  const shown = inside.startsWith("..") ? spec.dockerfile : inside;
  const { message, hint } = buildFault(spec.name, shown, output.failure());
  return new SoloflowError("build", message, { hint });
}
