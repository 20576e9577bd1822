import { EXIT, SoloflowError } from "../../core/errors.ts";
import { dockerfileReferences } from "./dockerfile-references.ts";
import { meansLatest } from "./image-reference.ts";
import type { ImageSource, ImageSpec } from "./image-spec.ts";

/**
 * The images in an order in which they can be built: each after those that its Dockerfile is built from. `texts`
 * are the Dockerfiles by absolute path; `spare` are images that are added only where one is needed.
 * Errors: SoloflowError "config" (exit 2) for images that need each other in a circle.
 */
export function orderImages(
  sources: readonly ImageSource[],
  texts: Readonly<Record<string, string>>,
  spare: readonly ImageSource[] = [],
): ImageSpec[] {
  const ordered: ImageSpec[] = [];
  const visit = (source: ImageSource, path: readonly string[]): void => {
    if (path.includes(source.name)) throw circle([...path, source.name]);
    if (ordered.some((spec) => spec.name === source.name)) return;
    const needed = needs(source, texts, [...sources, ...spare]);
    for (const other of needed) visit(other, [...path, source.name]);
    ordered.push({ ...source, dependsOn: [...new Set(needed.map((other) => other.name))] });
  };
  for (const source of sources) visit(source, []);
  return ordered;
}

function needs(
  source: ImageSource,
  texts: Readonly<Record<string, string>>,
  all: readonly ImageSource[],
): ImageSource[] {
  const { target, args, contexts } = source;
  const text = source.inline ?? texts[source.dockerfile] ?? "";
  const isContext = new Set([...Object.keys(contexts), ...(source.recipe === undefined ? [] : ["rootfs"])]);
  const images = dockerfileReferences(text, { args, target }).filter((name) => !isContext.has(name));
  const inContexts = Object.values(contexts).flatMap(
    (value) => /^docker-image:\/\/(.+)$/.exec(value)?.[1] ?? [],
  );
  // An image called like the one it is built FROM (a changed nginx called nginx) means the registry's.
  const others = all.filter((other) => other.name !== source.name);
  const find = (name: string) => others.find((other) => meansLatest(name, other.name));
  return [...images, ...inContexts].flatMap((name) => find(name) ?? []);
}

function circle(path: readonly string[]): SoloflowError {
  const names = path.slice(path.indexOf(path.at(-1) ?? ""));
  return new SoloflowError("config", `images are built from each other in a circle: ${names.join(" → ")}`, {
    hint: "look at the FROM and COPY --from lines of their Dockerfiles",
    exitCode: EXIT.usage,
  });
}

/**
 * The images that the named services run (or that are themselves named), and all that those are built from, in the
 * same order; all of them where nothing is named.
 * Errors: SoloflowError "usage" (exit 2) for a name that is neither, unless it is one of `services`.
 */
export function selectImages(
  specs: readonly ImageSpec[],
  names: readonly string[],
  services: readonly string[],
): ImageSpec[] {
  if (names.length === 0) return [...specs];
  for (const name of names) if (!services.includes(name) && !specs.some(isCalled(name))) throw unknown(name);
  const wanted = new Set<string>();
  for (const spec of specs.toReversed()) {
    if (wanted.has(spec.name) || names.some((name) => isCalled(name)(spec)))
      for (const name of [spec.name, ...spec.dependsOn]) wanted.add(name);
  }
  return specs.filter((spec) => wanted.has(spec.name));
}

const isCalled = (name: string) => (spec: ImageSpec) => spec.name === name || spec.services.includes(name);

function unknown(name: string): SoloflowError {
  return new SoloflowError("usage", `there is neither a service nor an image called ${name}`, {
    hint: "soloflow-agent build without a name builds all",
    exitCode: EXIT.usage,
  });
}
