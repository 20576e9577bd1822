import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ImageSource } from "../../../agent/plan/images/image-spec.ts";
import { orderImages, selectImages } from "../../../agent/plan/images/order-images.ts";

const graph = fc
  .array(fc.tuple(fc.array(fc.nat(7)), fc.boolean()), { minLength: 1, maxLength: 8 })
  .chain((nodes) =>
    fc.tuple(fc.constant(nodes), fc.shuffledSubarray([...nodes.keys()], { minLength: nodes.length })),
  );

function specsOf([nodes, shuffled]: [[number[], boolean][], number[]]) {
  const texts: Record<string, string> = {};
  const sources = nodes.map(([on, run], at): ImageSource => {
    const bases = [...new Set(on.filter((other) => other < at))];
    texts[`/${at}/Dockerfile`] = [
      "FROM scratch",
      ...bases.map((base) => `COPY --from=acme/i${base} / /`),
    ].join("\n");
    return {
      ...{ name: `acme/i${at}`, context: `/${at}`, dockerfile: `/${at}/Dockerfile`, args: {}, contexts: {} },
      ...{ flags: [], tags: [], ignored: [], services: run ? [`s${at}`] : [] },
    };
  });
  return orderImages(
    shuffled.flatMap((at) => sources[at] ?? []),
    texts,
  );
}

test("however the images are written down, each comes once and after all that it is built from", () => {
  fc.assert(
    fc.property(graph, (drawn) => {
      const specs = specsOf(drawn);
      expect(specs.map(({ name }) => name).sort()).toEqual(drawn[0].map((_, at) => `acme/i${at}`).sort());
      for (const [at, spec] of specs.entries()) {
        const earlier = specs.slice(0, at).map(({ name }) => name);
        expect(earlier).toEqual(expect.arrayContaining([...spec.dependsOn]));
      }
    }),
  );
});

test("a choice of services holds all that they are built from, and nothing else", () => {
  fc.assert(
    fc.property(graph, fc.nat(7), (drawn, chosen) => {
      const specs = specsOf(drawn);
      const root = specs[chosen % specs.length];
      if (root === undefined) return;
      const names = selectImages(specs, [root.name], []).map(({ name }) => name);
      const reached = new Set([root.name]);
      for (const spec of specs.toReversed())
        if (reached.has(spec.name)) for (const name of spec.dependsOn) reached.add(name);
      expect([...names].sort()).toEqual([...reached].sort());
      expect(names.at(-1)).toBe(root.name);
    }),
  );
});
