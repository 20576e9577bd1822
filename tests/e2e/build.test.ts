import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { docker } from "../support/sandbox.ts";
import { type TestProject, testProject } from "../support/test-project.ts";
import { tinyImage } from "../support/tiny-image.ts";
import { waitFor } from "../support/wait-for.ts";

setDefaultTimeout(120_000);

type Built = {
  name: string;
  id: string;
  inputs: string;
  built: boolean;
  sizeBytes: number;
  limitBytes: number | null;
  tags: string[];
  cause: string;
  packages: { name: string; version: string }[];
};

const project = async (): Promise<TestProject> => {
  const made = await testProject();
  made.env.SOLOFLOW_CACHE = join(made.folder, "../cache");
  return made;
};

function write(made: TestProject, files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made.folder, file)), { recursive: true });
    made.write(file, text);
  }
}

/** Images PROJECT/NAME, each from the folder NAME; `more` goes into their builds. */
function configure(made: TestProject, names: readonly string[], more = ""): void {
  const services = names.map((name) => `  ${name}:\n    image: ${made.name}/${name}\n    build: ./${name}\n`);
  const builds = names.map(
    (name) => `[service.${name}]\nbuild = { context = "${name}", image = "${made.name}/${name}"${more} }\n`,
  );
  write(made, {
    "compose.yaml": `services:\n${services.join("")}`,
    "soloflow.toml": `project = "${made.name}"\n${builds.join("")}`,
  });
}

async function build(made: TestProject, ...args: string[]): Promise<Record<string, Built>> {
  const { stdout } = await made.must("build", "--json", ...args);
  const { images } = JSON.parse(stdout) as { images: Built[] };
  return Object.fromEntries(images.map((image) => [image.name.replace(`${made.name}/`, ""), image]));
}

const idOf = (reference: string) => docker("image", "inspect", "-f", "{{.Id}}", reference);
const references = async (made: TestProject) =>
  (await docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", `${made.name}/*`)).split("\n").sort();

/** Puts a `docker` first on the path that writes down what it is called with; gives what was written so far. */
async function watchDocker(made: TestProject): Promise<() => string[]> {
  const log = join(made.folder, "../docker.log");
  const shim = join(made.folder, "../bin/docker");
  mkdirSync(dirname(shim));
  writeFileSync(shim, `#!/bin/sh\necho "$*" >> ${log}\nexec ${Bun.which("docker")} "$@"\n`);
  chmodSync(shim, 0o755);
  made.env.PATH = `${dirname(shim)}:${process.env.PATH}`;
  return () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
}

test("a build gives the image its tags, and a second one starts no docker command at all", async () => {
  await using made = await project();
  configure(made, ["app"]);
  write(made, { "app/Dockerfile": "FROM scratch\nCOPY main.txt /\n", "app/main.txt": "one" });
  const calls = await watchDocker(made);
  const { app: first } = await build(made);
  const day = first?.tags[1];
  expect(first).toMatchObject({ built: true, tags: ["latest", expect.stringMatching(/^\d{8}$/)] });
  expect(await references(made)).toEqual([`${made.name}/app:${day}`, `${made.name}/app:latest`]);
  const before = calls();
  const { app: second } = await build(made);
  expect(second).toMatchObject({ built: false, cause: "unchanged", id: first?.id });
  expect(calls()).toEqual(before);
});

test("a changed base takes along what is built from it, and nothing else", async () => {
  await using made = await project();
  configure(made, ["app", "other"]);
  write(made, {
    "soloflow.toml": `${readFileSync(join(made.folder, "soloflow.toml"), "utf8")}
      [image.base]\nimage = "${made.name}/base"\ncontext = "base"\n`,
    "base/Dockerfile": "FROM scratch\nCOPY base.txt /\n",
    "base/base.txt": "one",
    "app/Dockerfile": `FROM ${made.name}/base\nCOPY app.txt /\n`,
    "app/app.txt": "app",
    "other/Dockerfile": "FROM scratch\nCOPY other.txt /\n",
    "other/other.txt": "other",
  });
  const first = await build(made);
  write(made, { "base/base.txt": "two" });
  const second = await build(made);
  expect(second.base).toMatchObject({ built: true, cause: "./base.txt changed" });
  expect(second.app).toMatchObject({ built: true, cause: `image ${made.name}/base changed` });
  expect(second.other).toMatchObject({ built: false, id: first.other?.id });
  const text = await docker(
    "run",
    "--rm",
    "--entrypoint",
    "cat",
    ...(await fromImage(made, "app", "base.txt")),
  );
  expect(text).toBe("two");
});

/** Arguments of a `docker run` that reads a file of an image which has no program of its own. */
async function fromImage(made: TestProject, name: string, file: string): Promise<string[]> {
  const reader = `${made.name}/reader`;
  const text = `FROM ${await tinyImage()}\nCOPY --from=${made.name}/${name} /${file} /read\n`;
  write(made, { "reader/Dockerfile": text });
  await docker("build", "-q", "-t", reader, join(made.folder, "reader"));
  return [reader, "/read"];
}

test("an image that somebody else put under the name is replaced, and comes out as it was", async () => {
  await using made = await project();
  configure(made, ["app"]);
  write(made, { "app/Dockerfile": "FROM scratch\nCOPY main.txt /\n", "app/main.txt": "one" });
  const first = await build(made);
  await docker("tag", await tinyImage(), `${made.name}/app:latest`);
  const second = await build(made);
  expect(second.app).toMatchObject({ built: true, id: first.app?.id });
});

test("an image over its limit is refused, and what is latest stays", async () => {
  await using made = await project();
  configure(made, ["app"], ', max_size = "10kB"');
  write(made, { "app/Dockerfile": "FROM scratch\nCOPY main.txt /\n", "app/main.txt": "small" });
  const { app } = await build(made);
  write(made, { "app/main.txt": "x".repeat(20_000) });
  const { code, stderr } = await made.agent("build");
  expect(code).toBe(1);
  expect(stderr).toContain(
    `error: ${made.name}/app is 20.0 kB, its limit is 10.0 kB\n  20.0 kB  COPY main.txt /`,
  );
  expect(await idOf(`${made.name}/app:latest`)).toBe(app?.id ?? "");
  expect(await references(made)).toHaveLength(2);
});

test("a build that fails names the line and shows what was said, and what is latest stays", async () => {
  await using made = await project();
  configure(made, ["app"]);
  const head = `FROM ${await tinyImage()}\nCOPY main.txt /\n`;
  write(made, { "app/Dockerfile": head, "app/main.txt": "one" });
  const { app } = await build(made);
  write(made, { "app/Dockerfile": `${head}\nRUN echo before && \\\n    echo the reason && exit 7\n` });
  const { code, stdout, stderr } = await made.agent("build", "--json");
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("(app/Dockerfile:4): ");
  expect(stderr).toContain("exit code: 7\n  before\n  the reason\n");
  expect(await idOf(`${made.name}/app:latest`)).toBe(app?.id ?? "");
  expect(await references(made)).toHaveLength(2);
});

/** Whether a process of this machine, in a container or not, was started with these words. */
function runs(words: string): boolean {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(words);
      } catch {
        return false; // it has ended meanwhile
      }
    });
}

test.each(["SIGKILL", "SIGINT"] as const)(
  "an agent that gets %s in a build leaves latest, and the next one ends it",
  async (signal) => {
    await using made = await project();
    await tinyImage();
    configure(made, ["app"]);
    write(made, { "app/Dockerfile": "FROM sft-tiny\n" });
    const { app: first } = await build(made);
    const words = `echo step of ${made.name}`;
    // Something follows the sleep, so that the shell stays and can be seen.
    write(made, { "app/Dockerfile": `FROM sft-tiny\nRUN ${words}; sleep 3; true\n` });
    const child = await made.start("build", "--json");
    await waitFor("the step runs", () => runs(words), 30_000);
    child.kill(signal);
    const code = await child.exited;
    if (signal === "SIGINT")
      expect([code, await child.stderr.text()]).toEqual([
        1,
        expect.stringContaining("cancelled while building"),
      ]);
    expect(await idOf(`${made.name}/app:latest`)).toBe(first?.id ?? "");
    const { app } = await build(made, "--wait", "60s");
    expect(app?.built).toBe(true);
    expect(app?.id).not.toBe(first?.id);
    expect(await references(made)).toEqual([`${made.name}/app:${app?.tags[1]}`, `${made.name}/app:latest`]);
  },
);

test("builds that do not need each other run side by side", async () => {
  await using made = await project();
  await tinyImage();
  configure(made, ["one", "two"]);
  // Each leaves a sign in a folder that both see, and waits for the other's.
  const meet = (own: string, other: string) =>
    `FROM sft-tiny\nRUN --mount=type=cache,id=${made.name},target=/meet,sharing=shared touch /meet/${own}; n=0; until [ -e /meet/${other} ]; do n=$((n+1)); [ $n -lt 600 ] || exit 1; sleep 0.1; done\n`;
  write(made, { "one/Dockerfile": meet("one", "two"), "two/Dockerfile": meet("two", "one") });
  const images = await build(made);
  expect([images.one?.built, images.two?.built]).toEqual([true, true]);
});

test("what a build needs to reach a registry is in no image, no history and no output", async () => {
  await using made = await project();
  const canary = `canary${made.name.replace("sft-", "")}`;
  made.env.HOME = join(made.folder, "../home");
  mkdirSync(made.env.HOME);
  // Under `npm test` npm says by this variable where its settings lie.
  made.env.npm_config_userconfig = join(made.env.HOME, ".npmrc");
  writeFileSync(made.env.npm_config_userconfig, `//npm.example/:_authToken=${canary}\n`);
  configure(made, ["app"]);
  const mount = "--mount=type=secret,id=npmrc,required=true";
  write(made, {
    "app/Dockerfile": `FROM ${await tinyImage()}\nRUN ${mount} grep -q _authToken /run/secrets/npmrc && grep -c . /run/secrets/npmrc > /lines\n`,
  });
  const { stdout, stderr } = await made.must("build", "--json");
  const image = `${made.name}/app`;
  const history = await docker("history", "--no-trunc", image);
  const inspected = await docker("image", "inspect", image);
  const saved = Bun.spawn(["docker", "save", image], { stdout: "pipe" });
  const bytes = Buffer.from(await new Response(saved.stdout).arrayBuffer());
  expect(bytes.length).toBeGreaterThan(1_000_000);
  for (const place of [stdout, stderr, history, inspected]) expect(place).not.toContain(canary);
  expect(bytes.includes(canary)).toBe(false);
  const kept = await Array.fromAsync(
    new Bun.Glob("**/*").scan({ cwd: join(made.folder, "../cache"), dot: true }),
  );
  for (const file of kept)
    expect(readFileSync(join(made.folder, "../cache", file)).includes(canary)).toBe(false);
});

const RECIPE = `set -eu
mkdir -p "$2/usr/share/soloflow"
cp "$1/packages" "$2/usr/share/soloflow/packages"
date +%s%N > "$2/made"
`;

test("a recipe makes the root, its packages are listed, and a refresh takes all anew", async () => {
  await using made = await project();
  configure(made, ["app"]);
  write(made, {
    "soloflow.toml": `${readFileSync(join(made.folder, "soloflow.toml"), "utf8")}
      [image.base]\nimage = "${made.name}/base"\ncontext = "base"\nrecipe = "recipe.sh"\n`,
    "recipe.sh": RECIPE,
    "base/packages": "libc6 2.41\nbusybox 1.37\n",
    "base/Dockerfile": "FROM scratch\nCOPY --from=rootfs / /\n",
    "app/Dockerfile": `FROM ${made.name}/base\nCOPY app.txt /\n`,
    "app/app.txt": "app",
  });
  const first = await build(made);
  expect(first.app?.packages).toEqual([
    { name: "libc6", version: "2.41" },
    { name: "busybox", version: "1.37" },
  ]);
  expect((await build(made)).base?.built).toBe(false);
  const fresh = await build(made, "--refresh", "app");
  expect(fresh.base).toMatchObject({ built: true, cause: "newer packages are asked for" });
  expect(fresh.app).toMatchObject({ built: true, cause: `${made.name}/base is built again` });
  expect(fresh.app?.id).not.toBe(first.app?.id);
  const { stdout } = await made.must("build", "--packages");
  expect(stdout).toContain(`${made.name}/base:\n  libc6    2.41\n  busybox  1.37`);
  const left = await Array.fromAsync(
    new Bun.Glob("**/rootfs/**").scan({ cwd: join(made.folder, "../cache") }),
  );
  expect(left).toEqual([]);
});

test("a Compose build without a word in soloflow.toml is built, with its arguments and its tag", async () => {
  await using made = await project();
  write(made, {
    "soloflow.toml": `project = "${made.name}"\n`,
    "compose.yaml": `services:
  app:
    image: ${made.name}/app:1.2
    build:
      context: .
      args: { PRICE: "5$$" }
      dockerfile_inline: |
        FROM ${await tinyImage()}
        ARG PRICE
        RUN [ "$$PRICE" = '5$$' ]
`,
  });
  const { app } = await build(made);
  expect(app?.tags.toSorted()).toEqual(["1.2", expect.stringMatching(/^\d{8}$/), "latest"]);
  expect(await idOf(`${made.name}/app:1.2`)).toBe(app?.id ?? "");
});

test("an unknown service is a wrong use, a base that cannot be pulled is said in one line", async () => {
  await using made = await project();
  configure(made, ["app"]);
  write(made, { "app/Dockerfile": `FROM localhost:1/${made.name}/nothing\n` });
  const usage = await made.agent("build", "ap");
  expect([usage.code, usage.stderr]).toEqual([
    2,
    expect.stringContaining("neither a service nor an image called ap"),
  ]);
  const pull = await made.agent("build");
  expect(pull.code).toBe(1);
  expect(pull.stderr).toContain(`(app/Dockerfile:1): cannot pull localhost:1/${made.name}/nothing: `);
  expect(pull.stderr).toContain("does not reach the registry");
});
