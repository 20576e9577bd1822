import type { Fault } from "../../config/fault.ts";
import { composeImageName } from "../images/compose-build.ts";
import { inCompose, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** A built service without an image name is called after its project: no script that tags another name ever runs. */
export function unnamedBuilds(subject: Subject): Fault[] {
  const { config, model } = subject;
  return Object.entries(model.services).flatMap(([name, service]) => {
    const settings = config.service[name];
    if (service.build === undefined || service.image !== undefined) return [];
    if (settings?.build?.image !== undefined || settings?.image !== undefined) return [];
    return [
      warning("build-without-image", inCompose(subject, ["services", name, "build"]), {
        message: `${name} is built without a name: it runs as ${composeImageName(name, model)}, whatever else is tagged`,
        hint: `add image: ${model.name}/${name} beside build:`,
      }),
    ];
  });
}
