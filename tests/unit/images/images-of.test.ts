import { expect, test } from "bun:test";
import { parseConfig } from "../../../agent/config/parse.ts";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { type ComposeService, parseComposeModel } from "../../../agent/plan/compose-model.ts";
import { imagesOf } from "../../../agent/plan/images.ts";

function images(toml: string, services: Record<string, ComposeService>) {
  const { config, faults } = parseConfig(`project = "shop"\n${toml}`, "soloflow.toml");
  if (config === undefined) throw new Error(JSON.stringify(faults));
  const model = parseComposeModel(JSON.stringify({ name: "shop", services }));
  return imagesOf(config, model, "/srv/shop", "/stack");
}

const brief = (...args: Parameters<typeof images>) =>
  images(...args).map(({ name, context, services }) => [name, context, services.join(" ")]);

test("a build of the compose file is honoured in all its parts", () => {
  const build = {
    context: "/srv/shop/app",
    dockerfile: "build/Dockerfile",
    target: "run",
    args: { PRICE: "5$$", UNSET: null },
    additional_contexts: { res: "/srv/res", lib: "service:lib", base: "docker-image://debian:13" },
    extra_hosts: ["h=1.2.3.4"],
    network: "host",
    labels: { a: "b" },
    tags: ["shop/app:stable"],
    secrets: [{ source: "s" }],
  };
  const [app] = images("", {
    app: { image: "shop/app:1.2", build },
    lib: { build: { context: "/srv/lib" } },
  });
  expect(app).toEqual({
    name: "shop/app",
    context: "/srv/shop/app",
    dockerfile: "/srv/shop/app/build/Dockerfile",
    target: "run",
    args: { PRICE: "5$" },
    contexts: { res: "/srv/res", lib: "docker-image://shop-lib", base: "docker-image://debian:13" },
    flags: ["--network=host", "--add-host=h=1.2.3.4", "--label=a=b"],
    tags: ["1.2", "stable"],
    services: ["app"],
    ignored: ["secrets"],
  });
});

test("a service without a name for its image gets the one that Compose would give", () => {
  expect(brief("", { app: { build: { context: "/a" } } })).toEqual([["shop-app", "/a", "app"]]);
});

test("soloflow.toml wins, and what it leaves open about the same folder is as the compose file has it", () => {
  const toml = `[service.app]
    build = { context = "app", image = "shop/app", args = { A = "own" }, max_size = "2MB", recipe = "r.sh" }`;
  const build = { context: "/srv/shop/app", dockerfile: "D", target: "t", args: { A: "other", B: "b" } };
  expect(images(toml, { app: { image: "else", build } })).toEqual([
    {
      name: "shop/app",
      context: "/srv/shop/app",
      dockerfile: "/srv/shop/app/D",
      target: "t",
      args: { A: "own" },
      recipe: "/srv/shop/r.sh",
      maxBytes: 2_000_000,
      services: ["app"],
      ...{ contexts: {}, flags: [], tags: [], ignored: [] },
    },
  ]);
});

test("what the compose file says of another folder is not taken over", () => {
  const toml = '[service.app]\nbuild = { context = "new" }';
  const build = { context: "/srv/shop/old", dockerfile: "D", target: "t", args: { B: "b" } };
  const [app] = images(toml, { app: { build } });
  expect(app).toMatchObject({ context: "/srv/shop/new", dockerfile: "/srv/shop/new/Dockerfile", args: {} });
  expect(app?.target).toBeUndefined();
});

test("an image of soloflow.toml switches the build off", () => {
  const toml = '[service.db]\nimage = "postgres:17"';
  expect(brief(toml, { db: { image: "shop/db", build: { context: "/db" } } })).toEqual([]);
});

test("services that run the same image share it, built for them or not", () => {
  const services = {
    app: { image: "shop/app", build: { context: "/app" } },
    migrate: { image: "shop/app:latest" },
    worker: { image: "shop/app", build: { context: "/app" } },
    old: { image: "shop/app:2020" },
    pinned: { image: "shop/app@sha256:1" },
  };
  expect(brief("", services)).toEqual([["shop/app", "/app", "app migrate worker"]]);
});

test("images that others are built from come along, run by nobody", () => {
  expect(brief('[image.base]\nimage = "shop/base"\ncontext = "base"', {})).toEqual([
    ["shop/base", "/srv/shop/base", ""],
  ]);
});

test("two builds that claim one name are refused with both places", () => {
  const services = {
    one: { image: "shop/app", build: { context: "/a" } },
    two: { image: "shop/app", build: { context: "/b" } },
  };
  expect(() => brief("", services)).toThrow(
    "service one and service two both build an image called shop/app, but not the same one",
  );
});

test("a context that is not on this machine is refused", () => {
  const services = { app: { build: { context: "https://example.com/x.git" } } };
  expect(() => brief("", services)).toThrow(SoloflowError);
});

const overlapping = { ports: [{ target: 80, published: "80" }], image: "x" };
const ready = '[service.web]\nready = { http = ":80/health" }';

test("the ingress is an image where a service overlaps, made from the agent's own stack", () => {
  expect(images(ready, { web: overlapping })).toMatchObject([
    {
      name: "soloflow/ingress",
      context: "/stack/ingress",
      recipe: "/stack/images/rootfs.sh",
      services: ["ingress"],
    },
  ]);
  expect(brief("", { web: overlapping })).toEqual([]);
});

test("the ingress can be a finished image, or a build of one's own", () => {
  expect(brief(`${ready}\n[ingress]\nimage = "caddy:2"`, { web: overlapping })).toEqual([]);
  const own = `${ready}\n[ingress]\nbuild = { context = "in", image = "shop/in" }`;
  expect(brief(own, { web: overlapping })).toEqual([["shop/in", "/srv/shop/in", "ingress"]]);
  const limit = `${ready}\n[ingress]\nbuild = { max_size = "1MB" }`;
  expect(images(limit, { web: overlapping })).toMatchObject([
    { context: "/stack/ingress", maxBytes: 1_000_000 },
  ]);
});

test("a Dockerfile in the compose file is taken as it stands there", () => {
  const services = { app: { build: { context: "/a", dockerfile_inline: "FROM a$$b" } as never } };
  expect(images("", services)).toMatchObject([{ inline: "FROM a$b" }]);
});
