import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LABEL } from "../../../agent/plan/labels.ts";
import { failed, ok } from "../../support/scripted-exec.ts";
import { type BuildWorld, buildWorld, ONE } from "./build-world.ts";
import { imageShelf } from "./image-shelf.ts";

const BUILD = ["docker", "build", "--progress=plain"];
/** A `docker build` that works. */
const builds = (shelf: ReturnType<typeof imageShelf>, times: number | "any" = 1) => ({
  argv: BUILD,
  times,
  gives: (command: Parameters<typeof shelf.build>[0]) => {
    shelf.build(command);
    return ok();
  },
});
const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (thrown: { code?: string; message: string; hint?: string }) => thrown,
  );
const dockerCalls = (world: BuildWorld) =>
  world.host.calls.filter((call) => !call.startsWith("engine.image"));

test("planning asks for images and does nothing else", async () => {
  using world = buildWorld(ONE);
  const [plan] = await world.plan();
  expect(plan).toMatchObject({ action: "build", cause: "it is not here yet" });
  expect(world.host.calls).toEqual(['engine.image "shop/app:latest"']);
});

test("a build gets its labels, its tags and its record, and leaves nothing behind", async () => {
  using world = buildWorld({ ...ONE, script: (shelf) => ({ processes: [builds(shelf)] }) });
  const [app] = await world.build();
  expect(app).toMatchObject({
    name: "shop/app",
    built: true,
    tags: ["latest", "20260102"],
    services: ["app"],
  });
  expect(world.shelf.references()).toEqual(["shop/app:20260102", "shop/app:latest"]);
  const labels = world.shelf.get("shop/app:latest")?.labels;
  expect(labels).toEqual({ [LABEL.inputs]: app?.inputs ?? "", [LABEL.bases]: "" });
  expect(existsSync(join(world.project.paths.cache, "projects/shop/build/shop_app"))).toBe(false);
});

test("what is unchanged is kept without a process", async () => {
  using world = buildWorld({ ...ONE, script: (shelf) => ({ processes: [builds(shelf)] }) });
  const [first] = await world.build();
  const before = dockerCalls(world).length;
  const [again] = await world.build();
  expect(again).toMatchObject({ id: first?.id, built: false, ms: 0, tags: ["latest", "20260102"] });
  expect(dockerCalls(world)).toHaveLength(before);
});

test("a changed file is named as the cause, and its change undone is no cause", async () => {
  using world = buildWorld({ ...ONE, script: (shelf) => ({ processes: [builds(shelf)] }) });
  await world.build();
  world.write("app/main.txt", "two");
  expect((await world.plan())[0]).toMatchObject({ action: "build", cause: "./main.txt changed" });
  world.write("app/main.txt", "one");
  expect((await world.plan())[0]).toMatchObject({ action: "keep", cause: "unchanged" });
});

test("what the .dockerignore leaves out does not matter, a mode does", async () => {
  using world = buildWorld({ ...ONE, script: (shelf) => ({ processes: [builds(shelf)] }) });
  world.write("app/.dockerignore", "*.log\n");
  await world.build();
  world.write("app/x.log", "noise");
  expect((await world.plan())[0]?.action).toBe("keep");
  world.write("app/main.txt", "one", 0o755);
  expect((await world.plan())[0]?.cause).toBe("./main.txt changed");
});

test("an ignore file beside the Dockerfile counts instead of the folder's", async () => {
  using world = buildWorld({ ...ONE, script: (shelf) => ({ processes: [builds(shelf)] }) });
  world.write("app/.dockerignore", "");
  world.write("app/Dockerfile.dockerignore", "*.log\n");
  await world.build();
  world.write("app/x.log", "noise");
  expect((await world.plan())[0]?.action).toBe("keep");
});

const FAILURE = [
  "#5 [1/1] RUN make",
  "#5 0.1 no rule",
  "#5 ERROR: exit code: 2",
  "Dockerfile:2",
  "-".repeat(20),
  "ERROR: failed to solve: exit code: 2",
];

test("a failed build says where and why, and leaves latest as it was", async () => {
  using world = buildWorld({
    ...ONE,
    script: () => ({
      processes: [
        {
          argv: BUILD,
          gives: (_, limits) => {
            for (const line of FAILURE) limits.onLine?.(line, "stderr");
            return failed(1);
          },
        },
      ],
    }),
  });
  world.shelf.put("shop/app:latest", { id: "sha256:old" });
  const error = await codeOf(world.build());
  expect(error).toMatchObject({
    code: "build",
    message: "building shop/app failed at [1/1] RUN make (app/Dockerfile:2): exit code: 2\n  no rule",
  });
  expect(world.shelf.get("shop/app:latest")?.id).toBe("sha256:old");
  expect(world.progress.lines.at(-1)).toStartWith("✗ building shop/app");
});

test.each([
  ["timeout" as const, "timeout", "building shop/app did not end within 30 min"],
  ["cancel" as const, "cancelled", "cancelled while building shop/app"],
  ["signal" as const, "killed", "building shop/app: the process was killed"],
])("a build that ends by %s is said as that", async (by, code, message) => {
  const gives = { kind: "killed" as const, by, stdout: "", stderr: "" };
  using world = buildWorld({ ...ONE, script: () => ({ processes: [{ argv: BUILD, gives }] }) });
  expect(await codeOf(world.build())).toMatchObject({ code, message });
  expect(world.shelf.references()).toEqual([]);
});

test("an image over its limit is refused with its largest layers, and latest stays as it was", async () => {
  const toml = '[service.app]\nbuild = { context = "app", image = "shop/app", max_size = "1MB" }';
  using world = buildWorld({
    ...{ ...ONE, toml, shelf: imageShelf({ sizeBytes: 2_000_000 }) },
    script: (shelf) => ({
      processes: [
        builds(shelf),
        { argv: ["docker", "history", "--no-trunc"], gives: ok("1900000\tCOPY big /\n0\tCMD x\n") },
      ],
    }),
  });
  world.shelf.put("shop/app:latest", { id: "sha256:old", sizeBytes: 5 });
  expect(await codeOf(world.build())).toMatchObject({
    code: "too-large",
    message: "shop/app is 2.0 MB, its limit is 1.0 MB\n  1.9 MB  COPY big /",
  });
  expect(world.shelf.references()).toEqual(["shop/app:latest"]);
  expect(world.shelf.get("shop/app:latest")?.id).toBe("sha256:old");
});

test("an image that is here already is refused as well when its limit was lowered, and stays", async () => {
  const toml = '[service.app]\nbuild = { context = "app", image = "shop/app", max_size = "500kB" }';
  using world = buildWorld({
    ...{ ...ONE, toml },
    script: () => ({ processes: [{ argv: ["docker", "history"], gives: ok("") }] }),
  });
  const [plan] = await world.plan();
  world.shelf.put("shop/app:latest", { labels: { [LABEL.inputs]: plan?.inputs ?? "" } });
  expect(await codeOf(world.build())).toMatchObject({
    code: "too-large",
    message: "shop/app is 1.0 MB, its limit is 500 kB",
  });
  expect(world.shelf.references()).toEqual(["shop/app:latest"]);
});

test("what a killed agent left under the staging name is removed before anything is built", async () => {
  using world = buildWorld({
    ...ONE,
    script: (shelf) => ({
      processes: [
        {
          argv: BUILD,
          gives: (command) => {
            expect(shelf.references()).toEqual([]);
            shelf.build(command);
            return ok();
          },
        },
      ],
    }),
  });
  world.shelf.put("shop/app:soloflow-new-shop", {});
  await world.build();
  expect(world.shelf.references()).toEqual(["shop/app:20260102", "shop/app:latest"]);
});

test("an image that was built while somebody edited is built anew the next time, whatever was edited back", async () => {
  using world = buildWorld({
    ...ONE,
    script: (shelf) => ({
      processes: [
        {
          argv: BUILD,
          gives: (command) => {
            world.write("app/main.txt", "edited");
            shelf.build(command);
            return ok();
          },
        },
        builds(shelf),
      ],
    }),
  });
  await world.build();
  expect(world.progress.lines).toContain(
    "while shop/app was built, ./main.txt changed (the next build takes in what this one missed)",
  );
  world.write("app/main.txt", "one");
  expect((await world.plan())[0]).toMatchObject({ action: "build", cause: "its inputs changed" });
});

const LAYERED = {
  toml: `
    [image.base]
    image = "shop/base"
    context = "base"
    [service.app]
    build = { context = "app", image = "shop/app" }
    [service.web]
    build = { context = "web", image = "shop/web" }`,
  services: { app: {}, web: {} },
  files: {
    "base/Dockerfile": "FROM scratch",
    "app/Dockerfile": "FROM shop/base",
    "web/Dockerfile": "FROM shop/base",
  },
};

test("what is built from an image knows which one it was", async () => {
  using world = buildWorld({ ...LAYERED, script: (shelf) => ({ processes: [builds(shelf, 3)] }) });
  const [base] = await world.build();
  expect(world.shelf.get("shop/web:latest")?.labels[LABEL.bases]).toBe(`shop/base=${base?.createdAt}`);
  world.host.verify();
});

test("failures of builds that ran side by side are told together", async () => {
  using world = buildWorld({
    ...LAYERED,
    script: (shelf) => ({
      processes: [
        { ...builds(shelf), argv: ({ argv }) => argv.at(-1)?.endsWith("/base") === true },
        { argv: BUILD, times: 2, gives: failed(1) },
      ],
    }),
  });
  const error = await codeOf(world.build());
  expect(error?.message).toContain("building shop/app failed");
  expect(error?.message).toContain("building shop/web failed");
  expect(world.shelf.references()).toEqual(["shop/base:20260102", "shop/base:latest"]);
});

test("the machine's way to package registries reaches a build as secrets, on no command line and on no disk", async () => {
  let seen = "";
  using world = buildWorld({
    ...ONE,
    script: (shelf) => ({
      env: { TOKEN: "canary-token" },
      processes: [
        {
          argv: BUILD,
          gives: (command) => {
            const path = command.argv.find((word) => word.startsWith("id=npmrc"))?.split("src=")[1] ?? "";
            seen = `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, "utf8")}`;
            expect(path).toStartWith(world.project.paths.run);
            shelf.build(command);
            return ok();
          },
        },
      ],
    }),
  });
  await Bun.write(world.host.folder.at(".npmrc"), `//npm.example/:_authToken=\${TOKEN}\n`);
  await world.build();
  expect(seen).toContain("600 ");
  expect(seen).toContain("//npm.example/:_authToken=canary-token");
  expect(world.host.calls.join("\n")).not.toContain("canary-token");
  expect(existsSync(join(world.project.paths.run, "build/npmrc"))).toBe(false);
});

test("files that have not been touched are not read again", async () => {
  using world = buildWorld({ ...ONE, script: () => ({ startMs: Date.now() + 60_000 }) });
  let reads = 0;
  const { files } = world.host;
  const sha256 = (path: string) => {
    reads += 1;
    return files.sha256(path);
  };
  Object.assign(world.host, { files: { ...files, sha256 } });
  const [first] = await world.plan();
  const [second] = await world.plan();
  expect(reads).toBe(2);
  expect(second?.inputs).toBe(first?.inputs);
  world.write("app/main.txt", "two");
  await world.plan();
  expect(reads).toBe(3);
});

test("a missing Dockerfile is a fault of the configuration", async () => {
  using world = buildWorld({ ...ONE, files: { "app/main.txt": "one" } });
  const error = await codeOf(world.plan());
  expect(error).toMatchObject({ code: "config", exitCode: 2 });
  expect(error?.message).toEndWith("app/Dockerfile to build shop/app from");
});

test("build options of the compose file that are not passed on are said", async () => {
  using world = buildWorld({
    toml: "",
    services: {},
    files: ONE.files,
    script: (shelf) => ({ processes: [builds(shelf)] }),
  });
  const build = { context: join(world.project.root, "app"), dockerfile: "Dockerfile", ssh: ["default"] };
  world.compose({ app: { image: "shop/app", build } });
  await world.build();
  expect(world.progress.lines[0]).toStartWith(
    "shop/app: the compose file's build options ssh are not passed on",
  );
});
