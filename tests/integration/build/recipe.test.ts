import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../../../agent/core/command.ts";
import { failed, ok } from "../../support/scripted-exec.ts";
import { buildWorld } from "./build-world.ts";
import type { ImageShelf } from "./image-shelf.ts";

const BASE = {
  toml: '[image.base]\nimage = "shop/base"\ncontext = "base"\nrecipe = "rootfs.sh"\n[service.app]\nbuild = { context = "app", image = "shop/app" }',
  services: { app: {} },
  files: {
    "rootfs.sh": "recipe",
    "base/packages": "suite trixie\nlibc6\n",
    "base/Dockerfile": "FROM scratch\nCOPY --from=rootfs / /",
    "base/.dockerignore": "*",
    "app/Dockerfile": "FROM shop/base",
  },
};
const isBuild = ({ argv }: Command) => argv[1] === "build";
const building = (shelf: ImageShelf, look: (command: Command) => void = () => {}) => ({
  argv: isBuild,
  times: 2,
  gives: (command: Command) => {
    look(command);
    shelf.build(command);
    return ok();
  },
});
const thrown = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error & { code: string; hint?: string }) => error,
  );

test("a recipe runs before the build that it makes the root for, and its root is gone after", async () => {
  let root = "";
  using world = buildWorld({
    ...BASE,
    script: (shelf, at) => ({
      processes: [
        {
          argv: ["sh", /rootfs\.sh$/, /base$/, /rootfs$/],
          gives: ({ argv, env }) => {
            expect(argv[1]).toBe(at("rootfs.sh"));
            expect(env?.SOLOFLOW_BUN).toBe(process.execPath);
            root = argv[3] ?? "";
            mkdirSync(root);
            return ok();
          },
        },
        building(shelf, ({ argv }) => {
          expect(argv.includes(`rootfs=${root}`)).toBe(argv.at(-1) === at("base"));
        }),
      ],
    }),
  });
  await world.build();
  world.host.verify();
  expect(root).not.toBe("");
  expect(existsSync(root)).toBe(false);
});

test("what a recipe reads counts, even where the .dockerignore leaves it out", async () => {
  using world = buildWorld(BASE);
  const inputs = async () => (await world.plan()).map((plan) => plan.inputs);
  const before = await inputs();
  world.write("base/packages", "suite trixie\nlibc6\nzlib1g\n");
  const [base, app] = await inputs();
  expect(base).not.toBe(before[0]);
  expect(app).not.toBe(before[1]);
  world.write("base/packages", "suite trixie\nlibc6\n");
  world.write("rootfs.sh", "another recipe");
  expect((await inputs())[0]).not.toBe(before[0]);
});

test("a recipe that fails gives its last words and its own hint, and nothing is built", async () => {
  using world = buildWorld({
    ...BASE,
    script: () => ({
      processes: [
        {
          argv: ["sh"],
          gives: failed(1, "error: apt reaches nothing\nhint: add a mirror\n", "fetching\n"),
        },
      ],
    }),
  });
  const error = await thrown(world.build());
  expect(error).toMatchObject({ code: "recipe", hint: "add a mirror" });
  expect(error?.message).toContain("the recipe of shop/base failed");
  expect(error?.message).toContain("  error: apt reaches nothing");
});

const RUN = ["docker", "run", "--rm", "--init", "--name", "soloflow-recipe-shop-shop_base"];

test("who is not root has the recipe run in a Debian container, pulled where it is missing", async () => {
  let command: Command | undefined;
  using world = buildWorld({
    ...BASE,
    script: (shelf) => ({
      uid: 1000,
      engine: { remove: async () => {} },
      processes: [
        {
          argv: ["docker", "pull", "debian:trixie-slim"],
          gives: () => {
            shelf.put("debian:trixie-slim", {});
            return ok();
          },
        },
        {
          argv: RUN,
          gives: (given) => {
            command = given;
            return ok();
          },
        },
        building(shelf),
      ],
    }),
  });
  await world.build();
  world.host.verify();
  const words = command?.argv ?? [];
  expect(words).toContain(`${world.project.root}/base:/image:ro`.replace("//", "/"));
  expect(words.at(-1)).toContain("chown -R 1000 /made /cache");
  expect(world.host.calls).toContain('engine.remove "soloflow-recipe-shop-shop_base" {"force":true}');
});

test("a container whose recipe was cancelled is removed", async () => {
  using world = buildWorld({
    ...BASE,
    script: () => ({
      uid: 1000,
      engine: { remove: async () => {} },
      processes: [{ argv: RUN, gives: { kind: "killed", by: "cancel", stdout: "", stderr: "" } }],
    }),
  });
  world.shelf.put("debian:trixie-slim", {});
  expect(await thrown(world.build())).toMatchObject({ code: "cancelled" });
  expect(world.host.calls.filter((call) => call.startsWith("engine.remove"))).toHaveLength(2);
});

test("a machine that is no Debian and reaches no registry is told both", async () => {
  using world = buildWorld({
    ...BASE,
    debian: false,
    script: () => ({
      processes: [{ argv: ["docker", "pull"], gives: failed(1, "Error response from daemon: no such host") }],
    }),
  });
  const error = await thrown(world.build());
  expect(error?.message).toBe(
    "shop/base is made of Debian packages; this machine is no Debian, and cannot pull debian:trixie-slim: no such host",
  );
  expect(error?.hint).toContain("docker load");
});

test("leftovers of a killed build's root are gone before the next", async () => {
  using world = buildWorld({
    ...BASE,
    script: (shelf) => ({
      uid: 1000,
      engine: { remove: async () => {} },
      processes: [
        {
          argv: RUN,
          gives: ({ argv }) => {
            const folder = argv.find((word) => word.endsWith(":/made"))?.replace(":/made", "") ?? "";
            expect(existsSync(join(folder, "rootfs.abc"))).toBe(false);
            return ok();
          },
        },
        building(shelf),
      ],
    }),
  });
  world.shelf.put("debian:trixie-slim", {});
  const folder = join(world.project.paths.cache, "projects/shop/build/shop_base");
  mkdirSync(join(folder, "rootfs.abc"), { recursive: true });
  writeFileSync(join(folder, "rootfs.abc/x"), "");
  await world.build();
  world.host.verify();
});
