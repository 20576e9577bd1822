import type { Config } from "../../config/config.ts";
import type { Image } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { ComposeModel } from "../../plan/compose-model.ts";
import { composeImageName } from "../../plan/images/compose-build.ts";
import type { ImagePlan } from "../../plan/images/decide-images.ts";
import { INGRESS } from "../../plan/ingress-spec.ts";

/** What a service's containers are made of. */
export type ServiceImage = {
  /** Its id, or before a build or a pull a name that stands for it. */
  id: string;
  /** undefined while it is not here. */
  image: Image | undefined;
  /** Set where it has to be pulled first. */
  pull: string | undefined;
};

type Input = {
  config: Config;
  model: ComposeModel;
  images: readonly ImagePlan[];
  /** Services that the deploy may touch: only their images are pulled. */
  scope: ReadonlySet<string>;
};

/** Every service of the model, and the ingress, to its image. Asks the engine; changes nothing. */
export async function serviceImages(
  host: Pick<Host, "engine">,
  input: Input,
): Promise<Record<string, ServiceImage>> {
  const services = [...Object.keys(input.model.services), INGRESS];
  const found = services.map(async (service): Promise<[string, ServiceImage][]> => {
    const image = await serviceImage(host, service, input);
    return image === undefined ? [] : [[service, image]];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}

async function serviceImage(
  host: Pick<Host, "engine">,
  service: string,
  { config, model, images, scope }: Input,
): Promise<ServiceImage | undefined> {
  const built = images.find((plan) => plan.spec.services.includes(service));
  if (built !== undefined) return fromBuild(built);
  const reference = service === INGRESS ? config.ingress.image : foreignImage(service, config, model);
  if (reference === undefined) return undefined;
  const image = await host.engine.image(reference);
  if (image !== undefined) return { id: image.id, image, pull: undefined };
  return { id: `not here: ${reference}`, image, pull: scope.has(service) ? reference : undefined };
}

function fromBuild({ action, current, inputs }: ImagePlan): ServiceImage {
  const id = action === "keep" && current !== undefined ? current.id : `to be built: ${inputs.slice(0, 12)}`;
  return { id, image: current, pull: undefined };
}

function foreignImage(service: string, config: Config, model: ComposeModel): string | undefined {
  return (
    config.service[service]?.image ?? (model.services[service]?.image && composeImageName(service, model))
  );
}
