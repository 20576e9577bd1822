import { basename, relative } from "node:path";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import type { ImageSpec } from "./image-spec.ts";

/**
 * Everything that decides what an image becomes, by a name that a person understands ("src/main.ts",
 * "argument VERSION"), each as a short text that changes when the thing does.
 */
export type InputParts = Readonly<Record<string, string>>;

/** One thing in a build context; `hash` of a file's content. `path` is relative to the context. */
export type ContextEntry =
  | { path: string; kind: "file"; mode: number; hash: string }
  | { path: string; kind: "folder"; mode: number }
  | { path: string; kind: "link"; target: string };

export type GatheredInputs = {
  /** Text of the Dockerfile. */
  dockerfile: string;
  /** The image's own context under the name "", others under theirs. */
  contexts: Readonly<Record<string, readonly ContextEntry[]>>;
  /** The recipe and what it reads: path from the image's own context to content hash. */
  recipe: Readonly<Record<string, string>>;
  /** Input hashes of the images that it is built from. */
  bases: Readonly<Record<string, string>>;
};

/** What is both in the context and read otherwise (a Dockerfile, mostly) counts once. */
export function inputParts(spec: ImageSpec, gathered: GatheredInputs): InputParts {
  const parts: Record<string, string> = {};
  const add = (name: string, value: string) => {
    parts[name] = value;
  };
  const files = gathered.contexts[""]?.filter(({ kind }) => kind === "file") ?? [];
  const inContext = new Set(files.map(({ path }) => path));
  const dockerfile = spec.inline === undefined ? relative(spec.context, spec.dockerfile) : "";
  if (!inContext.has(dockerfile)) add("Dockerfile", sha256(gathered.dockerfile));
  if (spec.target !== undefined) add("the target stage", spec.target);
  if (spec.flags.length > 0) add("build options", sha256(canonicalJson(spec.flags)));
  // Hashed: somebody's argument may be secret, and parts are written down.
  for (const [name, value] of Object.entries(spec.args)) add(`argument ${name}`, sha256(value));
  for (const [name, value] of Object.entries(spec.contexts)) {
    if (gathered.contexts[name] === undefined) add(`context ${name}`, value);
  }
  for (const [path, hash] of Object.entries(gathered.recipe)) {
    if (!inContext.has(path)) add(`recipe's ${basename(path)}`, hash);
  }
  for (const [name, inputs] of Object.entries(gathered.bases)) add(`image ${name}`, inputs);
  for (const [name, entries] of Object.entries(gathered.contexts)) {
    for (const entry of entries)
      add(name === "" ? `./${entry.path}` : `${name}: ${entry.path}`, stateOf(entry));
  }
  return parts;
}

/** All permission bits count: `COPY` keeps them, and a file that its user cannot read is another image. */
function stateOf(entry: ContextEntry): string {
  switch (entry.kind) {
    case "file":
      return `${entry.mode.toString(8)} ${entry.hash}`;
    case "folder":
      return `${entry.mode.toString(8)} folder`;
    case "link":
      return `-> ${entry.target}`;
    default:
      return entry satisfies never;
  }
}

/** Parts to the one hash that images carry: 64 hexadecimal digits, whatever the order of the parts. */
export function inputsHash(parts: InputParts): string {
  return sha256(canonicalJson({ version: 1, parts }));
}

/**
 * What of the parts differs, for people: "./src/main.ts changed, ./old.ts is gone and 2 more"; undefined where nothing
 * does.
 */
export function describeChange(before: InputParts, after: InputParts): string | undefined {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])].sort();
  const changes = names.flatMap((name) => {
    if (before[name] === after[name]) return [];
    if (before[name] === undefined) return [`${name} is new`];
    return [after[name] === undefined ? `${name} is gone` : `${name} changed`];
  });
  const [first, second, ...more] = changes;
  if (first === undefined || second === undefined) return first;
  return more.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${more.length} more`;
}
