import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Image } from "../../../agent/core/container.ts";
import { decideImages, formatBases, type ImageState } from "../../../agent/plan/images/decide-images.ts";
import { LABEL } from "../../../agent/plan/labels.ts";

type World = { states: ImageState[]; refresh: boolean };

function image(name: string, id: string, inputs: string, bases: Record<string, string>): Image {
  const labels = { [LABEL.inputs]: inputs, [LABEL.bases]: formatBases(bases) };
  return {
    id,
    createdAt: id,
    tags: [`${name}:latest`],
    digests: [],
    labels,
    sizeBytes: 1,
  } as unknown as Image;
}

/** Images in build order, each on some of those before it, each there, changed, made elsewhere or not there at all. */
const world: fc.Arbitrary<World> = fc
  .tuple(
    fc.array(
      fc.record({
        on: fc.array(fc.nat(5)),
        run: fc.boolean(),
        there: fc.boolean(),
        changed: fc.boolean(),
        stale: fc.boolean(),
        recipe: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    fc.boolean(),
  )
  .map(([shapes, refresh]) => ({
    refresh,
    states: shapes.map(({ on, run, there, changed, stale, recipe }, at): ImageState => {
      const name = `i${at}`;
      const dependsOn = [...new Set(on.filter((other) => other < at).map((other) => `i${other}`))];
      const bases = Object.fromEntries(dependsOn.map((base) => [base, stale ? "id-old" : `id-${base}`]));
      const spec = {
        ...{ name, context: "/", dockerfile: "/D", args: {}, contexts: {}, flags: [], tags: [], ignored: [] },
        ...{ services: run ? [name] : [], dependsOn, ...(recipe ? { recipe: "/r" } : {}) },
      };
      const current = image(name, `id-${name}`, changed ? "old" : "new", bases);
      return { spec, inputs: "new", parts: {}, ...(there ? { current } : {}) };
    }),
  }));

/** What is there after the plan was carried out. */
function carriedOut({ states, refresh }: World): ImageState[] {
  const ids = new Map(states.flatMap(({ spec, current }) => (current ? [[spec.name, current.id]] : [])));
  return decideImages(states, { refresh }).map(({ spec, inputs, parts, current, action }): ImageState => {
    if (action === "keep") return { spec, inputs, parts, ...(current === undefined ? {} : { current }) };
    const bases = Object.fromEntries(spec.dependsOn.map((name) => [name, ids.get(name) ?? "absent"]));
    expect(Object.values(bases)).not.toContain("absent");
    ids.set(spec.name, `built-${spec.name}`);
    return { spec, inputs, parts, current: image(spec.name, `built-${spec.name}`, inputs, bases) };
  });
}

test("after a plan was carried out there is nothing left to build", () => {
  fc.assert(
    fc.property(world, (start) => {
      const left = decideImages(carriedOut(start)).filter(({ action }) => action === "build");
      expect(left.map(({ spec, cause }) => `${spec.name}: ${cause}`)).toEqual([]);
    }),
  );
});

test("what a service runs is there after the plan, and nothing stands on an image that is not", () => {
  fc.assert(
    fc.property(world, (start) => {
      for (const { spec, current } of carriedOut(start))
        if (spec.services.length > 0) expect(current).toBeDefined();
    }),
  );
});

test("without a change, a refresh or a move nothing is built", () => {
  fc.assert(
    fc.property(world, ({ states }) => {
      const settled = states.map(({ current: _, ...state }): ImageState => {
        const bases = Object.fromEntries(state.spec.dependsOn.map((name) => [name, `id-${name}`]));
        return { ...state, current: image(state.spec.name, `id-${state.spec.name}`, "new", bases) };
      });
      expect(decideImages(settled).every(({ action }) => action === "keep")).toBe(true);
    }),
  );
});
