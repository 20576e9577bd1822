import { expect, test } from "bun:test";
import type { Image } from "../../../agent/core/container.ts";
import {
  type DecideOptions,
  decideImages,
  formatBases,
  type ImageState,
} from "../../../agent/plan/images/decide-images.ts";
import { LABEL } from "../../../agent/plan/labels.ts";

type Shape = {
  /** Input hash that the image here was built from; absent: there is no image. */
  built?: string;
  inputs?: string;
  bases?: Record<string, string>;
  dependsOn?: string[];
  services?: string[];
  recipe?: string;
  before?: Record<string, string>;
  parts?: Record<string, string>;
};

function state(name: string, shape: Shape): ImageState {
  const {
    built,
    inputs = "same",
    bases = {},
    dependsOn = [],
    services = [name],
    recipe,
    before,
    parts = {},
  } = shape;
  const labels = { [LABEL.inputs]: built ?? "", [LABEL.bases]: formatBases(bases) };
  const spec = {
    ...{ name, context: "/", dockerfile: "/D", args: {}, contexts: {}, flags: [], tags: [], ignored: [] },
    ...{ services, dependsOn, ...(recipe === undefined ? {} : { recipe }) },
  };
  return {
    ...{ spec, inputs, parts },
    ...(built === undefined ? {} : { current: image(name, labels) }),
    ...(before === undefined ? {} : { before }),
  };
}

function image(name: string, labels: Record<string, string>): Image {
  return {
    id: name,
    createdAt: `made-${name}`,
    tags: [],
    digests: [],
    labels,
    sizeBytes: 1,
  } as unknown as Image;
}

const decide = (shapes: Record<string, Shape>, options?: DecideOptions) =>
  decideImages(
    Object.entries(shapes).map(([name, shape]) => state(name, shape)),
    options,
  ).map(({ spec, action, cause }) => `${spec.name}: ${action}, ${cause}`);

test("an image whose inputs are those of the one that is here is kept", () => {
  expect(decide({ app: { built: "same" } })).toEqual(["app: keep, unchanged"]);
});

test("an image that is not here is built when a service runs it", () => {
  expect(decide({ app: {} })).toEqual(["app: build, it is not here yet"]);
});

test("what changed is named where it is known", () => {
  const shape = { built: "old", parts: { "./a": "2", "./b": "1" }, before: { "./a": "1", "./b": "1" } };
  expect(decide({ app: shape })).toEqual(["app: build, ./a changed"]);
  expect(decide({ app: { built: "old" } })).toEqual(["app: build, its inputs changed"]);
});

test("an image that somebody else made under this name is not trusted", () => {
  const theirs = { ...state("app", { built: "same" }), current: image("app", {}) };
  expect(decideImages([theirs])[0]?.cause).toBe("app:latest was not built by soloflow-agent");
});

test("what is built from an image that is built again is built again", () => {
  const shapes = {
    base: { built: "old" },
    app: { built: "same", dependsOn: ["base"], bases: { base: "made-base" } },
    other: { built: "same" },
  };
  expect(decide(shapes)).toEqual([
    "base: build, its inputs changed",
    "app: build, base is built again",
    "other: keep, unchanged",
  ]);
});

test("an image built from another one than is here now is built again", () => {
  const shapes = {
    base: { built: "same" },
    app: { built: "same", dependsOn: ["base"], bases: { base: "made-earlier" } },
  };
  expect(decide(shapes)[1]).toBe("app: build, base is another image than it was built from");
});

const layered = { services: [], dependsOn: [] };

test("a layer that was cleaned away is left alone while nothing is built from it", () => {
  const shapes = {
    base: layered,
    app: { built: "same", dependsOn: ["base"], bases: { base: "made-base" } },
  };
  expect(decide(shapes)).toEqual([
    "base: keep, nothing that has to be built needs it",
    "app: keep, unchanged",
  ]);
});

test("a layer that somebody asks for by its name is made, whether or not anything needs it", () => {
  expect(decide({ base: layered }, { wanted: ["base"] })).toEqual(["base: build, it is not here yet"]);
  expect(decide({ base: layered }, { wanted: ["other"] })[0]).toStartWith("base: keep");
});

test("a layer that was cleaned away comes back with all that stands on it once one of them changes", () => {
  const shapes = {
    base: layered,
    mid: { services: [], dependsOn: ["base"] },
    app: { built: "old", dependsOn: ["mid"] },
    other: { built: "same", dependsOn: ["base"], bases: { base: "made-base" } },
  };
  expect(decide(shapes)).toEqual([
    "base: build, it is not here yet, and mid is built from it",
    "mid: build, it is not here yet, and app is built from it",
    "app: build, its inputs changed",
    "other: build, base is built again",
  ]);
});

test("a refresh builds what takes from outside, and all that stands on it", () => {
  const shapes = {
    base: { built: "same", services: [], recipe: "/r.sh" },
    app: { built: "same", dependsOn: ["base"], bases: { base: "made-base" } },
    alone: { built: "same" },
  };
  expect(decide(shapes, { refresh: true })).toEqual([
    "base: build, newer packages are asked for",
    "app: build, base is built again",
    "alone: build, newer packages are asked for",
  ]);
  const plans = decideImages(
    Object.entries(shapes).map(([name, shape]) => state(name, shape)),
    { refresh: true },
  );
  expect(plans.map((plan) => plan.fresh)).toEqual([true, false, true]);
});
