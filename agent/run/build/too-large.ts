import type { Image } from "../../core/container.ts";
import { SoloflowError } from "../../core/errors.ts";
import { formatSize } from "../../core/size.ts";
import { imageHistory, largestLayers } from "../../plan/images/image-layers.ts";
import type { ImageSpec } from "../../plan/images/image-spec.ts";
import type { BuildSetting } from "./setting.ts";

const HISTORY_TIMEOUT_MS = 10_000;

/** Errors: SoloflowError "too-large" for an image over its limit, with its largest layers. */
export async function refuseTooLarge(
  setting: Pick<BuildSetting, "exec">,
  spec: ImageSpec,
  image: Image,
): Promise<void> {
  if (spec.maxBytes === undefined || image.sizeBytes <= spec.maxBytes) return;
  const outcome = await setting.exec(imageHistory(image.id), { timeoutMs: HISTORY_TIMEOUT_MS });
  const layers = outcome.kind === "ok" ? largestLayers(outcome.stdout) : [];
  const message = `${spec.name} is ${formatSize(image.sizeBytes)}, its limit is ${formatSize(spec.maxBytes)}`;
  throw new SoloflowError("too-large", [message, ...layers.map((layer) => `  ${layer}`)].join("\n"), {
    hint: "make it smaller, or raise max_size in soloflow.toml; what was deployed stays as it is",
  });
}
