import type { ImagePlan } from "../../plan/images/decide-images.ts";
import { describeChange, inputParts } from "../../plan/images/image-inputs.ts";
import type { Project } from "../project.ts";
import { type InputHost, inputReader } from "./input-reader.ts";

/** What of an image's inputs is not as it was when it was planned, in words; undefined when all is. */
export async function changedMeanwhile(
  host: InputHost,
  project: Project,
  { spec, parts }: ImagePlan,
): Promise<string | undefined> {
  const reader = await inputReader(host, project);
  const now = inputParts(spec, await reader.read(spec, {}));
  const images = Object.entries(parts).filter(([name]) => name.startsWith("image "));
  return describeChange(parts, { ...now, ...Object.fromEntries(images) });
}
