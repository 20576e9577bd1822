import type { ComposeBuild, ComposeModel } from "../compose-model.ts";
import { parseImageReference } from "./image-reference.ts";
import type { ImageSource } from "./image-spec.ts";

/** The members of a `build:` section that change what is built, beside those of every ImageSource. */
type Build = ComposeBuild & {
  dockerfile_inline?: string;
  network?: string;
  extra_hosts?: string[];
  labels?: Record<string, string>;
  shm_size?: string;
  tags?: string[];
};

const UNDERSTOOD = new Set([
  ...["context", "dockerfile", "dockerfile_inline", "args", "target", "additional_contexts", "network"],
  ...["extra_hosts", "labels", "shm_size", "tags"],
  // About how, not what: no attestations are made, and the cache is the builder's own.
  ...["cache_from", "cache_to", "no_cache", "pull", "provenance", "sbom"],
]);

/** What a service's `build:` says, its `$$` read as `$`; the name of the image is the caller's. */
export function composeBuild(
  section: ComposeBuild,
  model: ComposeModel,
): Omit<ImageSource, "name" | "services"> {
  const build = unescaped(section) as Build;
  const { context, dockerfile = "Dockerfile", dockerfile_inline: inline, target } = build;
  return {
    context,
    dockerfile: dockerfile.startsWith("/") ? dockerfile : `${context}/${dockerfile}`,
    ...(inline === undefined ? {} : { inline }),
    ...(target === undefined ? {} : { target }),
    // null stands for a variable that is not set here: the Dockerfile's own default holds.
    args: Object.fromEntries(
      Object.entries(build.args ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
    contexts: Object.fromEntries(
      Object.entries(build.additional_contexts ?? {}).map(([name, value]) => [
        name,
        namedContext(value, model),
      ]),
    ),
    flags: flagsOf(build),
    tags: (build.tags ?? []).flatMap((tag) => parseImageReference(tag).tag ?? []),
    ignored: Object.keys(build).filter((key) => !UNDERSTOOD.has(key)),
  };
}

function flagsOf(build: Build): string[] {
  return [
    ...(build.network === undefined ? [] : [`--network=${build.network}`]),
    ...(build.extra_hosts ?? []).map((host) => `--add-host=${host}`),
    ...Object.entries(build.labels ?? {}).map(([name, value]) => `--label=${name}=${value}`),
    ...(build.shm_size === undefined ? [] : [`--shm-size=${build.shm_size}`]),
  ];
}

/** "service:NAME" stands for that service's image. */
function namedContext(value: string, model: ComposeModel): string {
  const service = /^service:(.+)$/.exec(value)?.[1];
  return service === undefined ? value : `docker-image://${composeImageName(service, model)}`;
}

/** The image of a service as Compose names it: what `image:` says, else PROJECT-SERVICE. */
export function composeImageName(service: string, model: ComposeModel): string {
  const image = model.services[service]?.image;
  return image === undefined ? `${model.name}-${service}` : (unescaped(image) as string);
}

/** The model is escaped for another reading by Compose. */
function unescaped(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$$", "$");
  if (Array.isArray(value)) return value.map(unescaped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unescaped(member)]));
}
