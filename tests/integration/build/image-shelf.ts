import type { Command } from "../../../agent/core/command.ts";
import type { Image } from "../../../agent/core/container.ts";
import type { Engine } from "../../../agent/host/engine.ts";

/** Images of a pretended engine, and a `docker build` that puts new ones there under the name it was given. */
export type ImageShelf = {
  /** The calls that building makes; every other one is missing. */
  engine: Pick<Engine, "image" | "tag" | "untag" | "info">;
  /** Does what a successful `docker build` (or `docker pull`) of this command would do. */
  build(command: Command): void;
  put(reference: string, image: Partial<Image>): void;
  get(reference: string): Image | undefined;
  /** Every reference there is, sorted. */
  references(): string[];
};

export function imageShelf({ sizeBytes = 1_000_000, cpus = 2 } = {}): ImageShelf {
  const shelf = new Map<string, Image>();
  let made = 0;
  const put = (reference: string, image: Partial<Image>) => {
    made += 1;
    shelf.set(reference, {
      ...{ id: `sha256:${String(made).padStart(64, "0")}`, tags: [], digests: [], labels: {}, sizeBytes },
      ...{ createdAt: `2026-01-0${made}`, user: "", exposedPorts: [] },
      ...image,
    } as Image);
  };
  const find = (reference: string) =>
    shelf.get(reference) ?? [...shelf.values()].find(({ id }) => id === reference);
  const get = (reference: string) => {
    const image = find(reference);
    const tags = [...shelf].filter(([, other]) => other.id === image?.id).map(([name]) => name);
    return image === undefined ? undefined : { ...image, tags };
  };
  return {
    put,
    get,
    references: () => [...shelf.keys()].sort(),
    build: ({ argv }) => {
      const values = (flag: string) =>
        argv.flatMap((word, at) => (word === flag ? [argv[at + 1] ?? ""] : []));
      const labels = values("--label").map((pair) => pair.split(/=(.*)/s, 2) as [string, string]);
      put(values("--tag")[0] ?? "", { labels: Object.fromEntries(labels) });
    },
    engine: {
      image: async (reference) => get(reference),
      untag: async (reference) => void shelf.delete(reference),
      info: async () => ({ cpus, memoryBytes: 8e9 }) as Awaited<ReturnType<Engine["info"]>>,
      tag: async (image, reference) => {
        const found = find(image);
        if (found === undefined) throw new Error(`no such image: ${image}`);
        shelf.set(reference, found);
      },
    },
  };
}
