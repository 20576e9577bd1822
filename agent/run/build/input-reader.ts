import { join, relative } from "node:path";
import type { Files, TreeEntry } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { dockerignore } from "../../plan/images/dockerignore.ts";
import { type FileHashes, keepHashes, knownHash, parseFileHashes } from "../../plan/images/file-hashes.ts";
import type { ContextEntry, GatheredInputs } from "../../plan/images/image-inputs.ts";
import type { ImageSpec } from "../../plan/images/image-spec.ts";
import type { Project } from "../project.ts";
import { hashesFile } from "./image-files.ts";

/** What a recipe reads of the image's folder whether or not the .dockerignore leaves it out. */
const RECIPE_FILES = ["packages", "finish.sh"] as const;
const READS_AT_ONCE = 16;

export type InputHost = Pick<Host, "files" | "clock">;

/** A reader that knows what the project's earlier ones have seen. */
export async function inputReader({ files, clock }: InputHost, project: Project): Promise<InputReader> {
  const hashes = parseFileHashes(await files.readText(hashesFile(project)));
  return new InputReader(files, hashes, () => clock.now());
}

/** Reads what goes into images, and takes from `hashes` what has not been touched since. */
export class InputReader {
  readonly #files: Files;
  readonly #now: () => number;
  #hashes: FileHashes;
  #changed = false;

  constructor(files: Files, hashes: FileHashes, now: () => number) {
    this.#files = files;
    this.#hashes = hashes;
    this.#now = now;
  }

  /** Writes down what was seen, where it is new. */
  async remember(project: Project): Promise<void> {
    if (!this.#changed) return;
    await this.#files.writeAtomic(hashesFile(project), JSON.stringify(this.#hashes));
    this.#changed = false;
  }

  /** `bases`: input hashes of the images that it is built from. Errors: SoloflowError "file". */
  async read(spec: ImageSpec, bases: Readonly<Record<string, string>>): Promise<GatheredInputs> {
    const dockerfile = spec.inline ?? (await this.#files.readText(spec.dockerfile)) ?? "";
    const folders = Object.entries(spec.contexts).filter(([, value]) => value.startsWith("/"));
    const contexts: Record<string, ContextEntry[]> = {};
    for (const [name, folder] of [["", spec.context] as const, ...folders])
      contexts[name] = await this.#context(folder, name === "" ? spec.dockerfile : undefined);
    return { dockerfile, contexts, recipe: await this.#recipe(spec), bases };
  }

  async #recipe(spec: ImageSpec): Promise<Record<string, string>> {
    if (spec.recipe === undefined) return {};
    const files = [spec.recipe, ...RECIPE_FILES.map((name) => join(spec.context, name))];
    const hashes = await Promise.all(files.map((file) => this.#files.sha256(file)));
    return Object.fromEntries(
      files.flatMap((file, index) =>
        hashes[index] === undefined ? [] : [[relative(spec.context, file), hashes[index]]],
      ),
    );
  }

  async #context(folder: string, dockerfile: string | undefined): Promise<ContextEntry[]> {
    const ignore = await this.#ignoreFile(folder, dockerfile);
    const entries = await this.#files.scan(folder, dockerignore(ignore.text));
    const atMs = this.#now();
    const hashed = await this.#hash(folder, ignore.key, entries);
    const files = hashed.filter((entry) => entry.kind === "file");
    if (files.some((file) => knownHash(this.#hashes, ignore.key, file) === undefined)) this.#changed = true;
    this.#hashes = keepHashes(this.#hashes, ignore.key, files, atMs);
    return hashed;
  }

  /** Docker prefers a file beside the Dockerfile that carries its name. `key`: what hashes of this view go under. */
  async #ignoreFile(folder: string, dockerfile: string | undefined): Promise<{ text: string; key: string }> {
    const key = `${dockerfile}.dockerignore`;
    const beside = dockerfile === undefined ? undefined : await this.#files.readText(key);
    if (beside !== undefined) return { text: beside, key };
    return { text: (await this.#files.readText(join(folder, ".dockerignore"))) ?? "", key: folder };
  }

  async #hash(folder: string, key: string, entries: readonly TreeEntry[]): Promise<Hashed[]> {
    const found: Hashed[] = [];
    for (let from = 0; from < entries.length; from += READS_AT_ONCE) {
      const some = entries.slice(from, from + READS_AT_ONCE);
      found.push(...(await Promise.all(some.map((entry) => this.#hashOne(folder, key, entry)))));
    }
    return found;
  }

  async #hashOne(folder: string, key: string, entry: TreeEntry): Promise<Hashed> {
    if (entry.kind !== "file") return entry;
    const known = knownHash(this.#hashes, key, entry);
    return {
      ...entry,
      hash: known ?? (await this.#files.sha256(join(folder, entry.path))) ?? "gone meanwhile",
    };
  }
}

type Hashed =
  | Exclude<TreeEntry, { kind: "file" }>
  | (Extract<TreeEntry, { kind: "file" }> & { hash: string });
