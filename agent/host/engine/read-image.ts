import type { Image } from "../../core/container.ts";
import type { Place } from "./place.ts";

/** GET /images/NAME/json; images that were imported lack much of their configuration. */
export function readImage(answer: Place): Image {
  const config = answer.at("Config").optional();
  return {
    id: answer.at("Id").string(),
    tags: answer.at("RepoTags").strings(),
    digests: answer.at("RepoDigests").strings(),
    labels: config?.at("Labels").texts() ?? {},
    sizeBytes: answer.at("Size").number(),
    createdAt: answer.at("Created").optional()?.string() ?? "",
    user: config?.at("User").optional()?.string() ?? "",
    exposedPorts:
      config
        ?.at("ExposedPorts")
        .entries()
        .map(([port]) => port) ?? [],
    start: {
      entrypoint: config?.at("Entrypoint").strings() ?? [],
      command: config?.at("Cmd").strings() ?? [],
    },
  };
}
