import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { exec } from "../../agent/host/exec.ts";
import { binary } from "../support/binary.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { must } from "../support/vps/must.ts";

const root = resolve(import.meta.dir, "../..");

let agent: string;
beforeAll(async () => {
  agent = await binary();
}, 120_000);

/** A folder that wants its code and its variables in whatever starts there. */
function hostile() {
  const folder = tempFolder();
  const intruder = folder.at("intruder.ts");
  writeFileSync(folder.at(".env"), "INTRUDER=dotenv\n");
  writeFileSync(folder.at("bunfig.toml"), `preload = ["${intruder}"]\n`);
  writeFileSync(folder.at("tsconfig.json"), '{"compilerOptions": {"paths": {"*": ["./intruder.ts"]}}}');
  writeFileSync(
    intruder,
    `import { writeFileSync } from "node:fs"; writeFileSync("${folder.at("intruded")}", ""); console.log("INTRUDED");`,
  );
  const intruded = () => Bun.file(folder.at("intruded")).exists();
  return Object.assign(folder, { intruder, intruded });
}

/**
 * A docker command that writes down the environment it was given, and says that all is there; with a state folder
 * of its own, so that `setup` has a child and nothing to do.
 */
function recordingDocker() {
  const folder = tempFolder();
  mkdirSync(folder.at("bin"));
  const script = [
    "#!/bin/sh",
    `env >>"${folder.at("seen")}"`,
    'case "$1" in',
    `version) echo '{"Client":{"Version":"28.0.0"},"Server":{"Version":"28.0.0"}}' ;;`,
    "*) echo 99.0.0 ;;",
    "esac",
  ];
  writeFileSync(folder.at("bin", "docker"), `${script.join("\n")}\n`, { mode: 0o755 });
  const env = { PATH: `${folder.at("bin")}:${process.env.PATH}`, SOLOFLOW_STATE_DIR: folder.at("state") };
  return Object.assign(folder, { env, seen: () => readFileSync(folder.at("seen"), "utf8") });
}

const run = (argv: [string, ...string[]], cwd: string, env: Record<string, string> = {}) =>
  exec(
    { argv: ["env", ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...argv], cwd },
    { timeoutMs: 20_000 },
  );

describe("a hostile folder", () => {
  test("runs no code and sets no variable in the executable that is started in it", async () => {
    using folder = hostile();
    const outcome = await run([agent, "--version"], folder.path);
    expect(outcome).toMatchObject({ kind: "ok", stdout: expect.not.stringContaining("INTRUDED") });
    using docker = recordingDocker();
    expect(await run([agent, "setup"], folder.path, docker.env)).toMatchObject({ kind: "ok" });
    expect(docker.seen()).not.toMatch(/intruder/i);
    expect(await folder.intruded()).toBe(false);
  });
});

describe("a hostile environment", () => {
  test("reaches no child: BUN_* and NODE_OPTIONS are gone from theirs", async () => {
    using folder = hostile();
    using docker = recordingDocker();
    const outcome = await run([agent, "setup"], folder.path, {
      ...docker.env,
      BUN_OPTIONS: "--smol",
      BUN_CONFIG_VERBOSE_FETCH: "1",
      NODE_OPTIONS: `--require=${folder.intruder}`,
      HARMLESS: "kept",
    });
    expect(outcome).toMatchObject({ kind: "ok" });
    expect(docker.seen()).toContain("HARMLESS=kept");
    expect(docker.seen()).not.toMatch(/^(BUN_|NODE_OPTIONS)/m);
    expect(await folder.intruded()).toBe(false);
  });

  test("cannot load code through NODE_OPTIONS or BUN_INSPECT_PRELOAD", async () => {
    using folder = hostile();
    for (const env of [
      { NODE_OPTIONS: `--require=${folder.intruder}` },
      { BUN_INSPECT_PRELOAD: folder.intruder },
    ] as Record<string, string>[]) {
      expect(await run([agent, "--version"], folder.path, env)).toMatchObject({ kind: "ok" });
      expect(await folder.intruded()).toBe(false);
    }
  });

  test("is believed by the runtime in BUN_OPTIONS and BUN_BE_BUN, as docs/decisions says", async () => {
    using options = hostile();
    await run([agent, "--version"], options.path, { BUN_OPTIONS: `--preload=${options.intruder}` });
    expect(await options.intruded()).toBe(true);
    using instead = hostile();
    const version = await run([agent, "--version"], instead.path, { BUN_BE_BUN: "1" });
    expect(version).toMatchObject({ kind: "ok", stdout: `${Bun.version}\n` });
  });
});

describe("the build", () => {
  const tree = tempFolder();
  const build = (...options: string[]) =>
    must([process.execPath, "scripts/build.ts", ...options], { cwd: tree.path });
  /** Of a copy of the sources: those of the checkout may change while a test looks. */
  beforeAll(async () => {
    const parts = ["agent", "scripts", "stack", "package.json", "bun.lock", "soloflow.toml"];
    const without = ["node_modules", ".next"].map((name) => `--exclude=${name}`);
    await must(["tar", "-cf", tree.at("tree.tar"), ...without, ...parts], { cwd: root });
    await must(["tar", "-xf", "tree.tar"], { cwd: tree.path });
    symlinkSync(join(root, "node_modules"), tree.at("node_modules"));
  }, 60_000);
  afterAll(() => tree[Symbol.dispose]());

  test("gives the same bytes twice, and says which in SHA256SUMS", async () => {
    await build("--outdir", "one");
    await build("--outdir", "two");
    const sums = readFileSync(tree.at("one", "SHA256SUMS"), "utf8");
    expect(readFileSync(tree.at("two", "SHA256SUMS"), "utf8")).toBe(sums);
    expect(sums).toMatch(/^[0-9a-f]{64} {2}soloflow-agent\n$/);
    await must(["sha256sum", "--check", "SHA256SUMS"], { cwd: tree.at("two") });
  }, 120_000);

  test("is left alone when nothing changed, and done again when a source did", async () => {
    await build("--outdir", "three");
    expect(await build("--outdir", "three")).toContain("up to date");
    writeFileSync(tree.at("agent", "main.ts"), `${readFileSync(tree.at("agent", "main.ts"), "utf8")}\n`);
    expect(await build("--outdir", "three")).toContain("built three/soloflow-agent");
  }, 120_000);

  test("says the version of package.json and the commit", async () => {
    const { version } = await Bun.file(join(root, "package.json")).json();
    const printed = (await must([agent, "--version"])).trim();
    expect(printed).toStartWith(version);
    expect(printed).toMatch(/^\d+\.\d+\.\d+( \([0-9a-f]{10}(, modified)?\))?$/);
  });
});
