import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { ComposeModel } from "../../plan/compose-model.ts";
import { embeddedLayers } from "../../plan/images/embedded-images.ts";
import type { ImageSource, ImageSpec } from "../../plan/images/image-spec.ts";
import { orderImages } from "../../plan/images/order-images.ts";
import { imagesOf } from "../../plan/images.ts";
import { embeddedStackFolder } from "../embedded-stack.ts";
import type { Project } from "../project.ts";

/**
 * The images of a project in an order in which they can be built.
 * Errors: SoloflowError "config" (exit 2), also for a Dockerfile that is not there.
 */
export async function projectImages(
  host: Pick<Host, "files">,
  project: Project,
  model: ComposeModel,
): Promise<ImageSpec[]> {
  const stack = await embeddedStackFolder(host, project.paths.cache);
  const sources = imagesOf(project.config, model, project.root, stack);
  const spare = embeddedLayers(stack);
  const texts = await readDockerfiles(host, [...sources, ...spare]);
  for (const source of sources) refuseMissing(source, texts);
  return orderImages(sources, texts, spare);
}

async function readDockerfiles(
  host: Pick<Host, "files">,
  sources: readonly ImageSource[],
): Promise<Record<string, string>> {
  const files = [...new Set(sources.map((source) => source.dockerfile))];
  const texts = await Promise.all(files.map((file) => host.files.readText(file)));
  return Object.fromEntries(
    files.flatMap((file, index) => (texts[index] === undefined ? [] : [[file, texts[index]]])),
  );
}

function refuseMissing(source: ImageSource, texts: Readonly<Record<string, string>>): void {
  if (source.inline !== undefined || texts[source.dockerfile] !== undefined) return;
  throw new SoloflowError("config", `there is no ${source.dockerfile} to build ${source.name} from`, {
    hint: "name its folder with `context`, and the file with `dockerfile`, in soloflow.toml or the compose file",
    exitCode: EXIT.usage,
  });
}
