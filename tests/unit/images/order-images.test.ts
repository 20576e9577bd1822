import { expect, test } from "bun:test";
import type { ImageSource } from "../../../agent/plan/images/image-spec.ts";
import { orderImages, selectImages } from "../../../agent/plan/images/order-images.ts";

const source = (name: string, more: Partial<ImageSource> = {}): ImageSource => ({
  ...{ name, context: `/${name}`, dockerfile: `/${name}/Dockerfile`, args: {}, contexts: {} },
  ...{ flags: [], tags: [], services: [], ignored: [] },
  ...more,
});

/** "app: base lib" as an image app with a FROM line for each. */
function order(...lines: string[]) {
  const all = lines.map((line) => line.split(/:? /) as [string, ...string[]]);
  const texts = all.map(([name, ...from]) => [
    `/${name}/Dockerfile`,
    from.map((image) => `FROM ${image}`).join("\n"),
  ]);
  // Every stage is reached: the last one copies from all.
  const joined = texts.map(([file, text = ""]) => [
    file,
    `${text.replaceAll(/FROM (\S+)/g, "FROM $1 AS s-$1")}\nFROM scratch\n${text.replaceAll(/FROM (\S+)/g, "COPY --from=s-$1 / /")}`,
  ]);
  return orderImages(
    all.map(([name]) => source(name)),
    Object.fromEntries(joined),
  ).map((spec) => [spec.name, ...spec.dependsOn].join(" "));
}

test("each image comes after those that it is built from", () => {
  expect(order("app: bun node", "bun: base", "node: base", "base")).toEqual([
    "base",
    "bun base",
    "node base",
    "app bun node",
  ]);
});

test("images of a registry are no dependency, nor is an older day of one's own", () => {
  expect(order("app: debian:13 base:20260101", "base")).toEqual(["app", "base"]);
});

test("a circle is named", () => {
  expect(() => order("a: b", "b: c", "c: b")).toThrow(
    "images are built from each other in a circle: b → c → b",
  );
});

test("an image that is called like the registry's it is built from is no circle", () => {
  expect(order("nginx: nginx")).toEqual(["nginx"]);
});

test("a named context hides an image of that name, and may itself be an image", () => {
  const texts = { "/app/Dockerfile": "FROM base\nCOPY --from=rootfs / /\nCOPY --from=lib / /" };
  const app = source("app", {
    recipe: "/r.sh",
    contexts: { base: "/elsewhere", lib: "docker-image://tools:latest" },
  });
  const specs = orderImages([app, source("base"), source("rootfs"), source("tools")], texts);
  expect(specs.find((spec) => spec.name === "app")?.dependsOn).toEqual(["tools"]);
});

test("a spare image comes along only where it is needed", () => {
  const spare = [source("soloflow/base"), source("soloflow/bun")];
  const texts = { "/app/Dockerfile": "FROM soloflow/base" };
  expect(orderImages([source("app")], texts, spare).map((spec) => spec.name)).toEqual([
    "soloflow/base",
    "app",
  ]);
});

const specs = [
  { ...source("base"), dependsOn: [] },
  { ...source("acme/app", { services: ["app", "migrate"] }), dependsOn: ["base"] },
  { ...source("acme/db", { services: ["db"] }), dependsOn: [] },
];
const select = (...names: string[]) =>
  selectImages(specs, names, ["app", "migrate", "db", "cache"]).map((spec) => spec.name);

test("a service brings its image and what that is built from", () => {
  expect(select("migrate")).toEqual(["base", "acme/app"]);
  expect(select("acme/db")).toEqual(["acme/db"]);
  expect(select()).toEqual(["base", "acme/app", "acme/db"]);
});

test("a service without a build of its own has nothing to build, an unknown name is an error", () => {
  expect(select("cache")).toEqual([]);
  expect(() => select("ap")).toThrow("there is neither a service nor an image called ap");
});
