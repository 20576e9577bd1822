import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "../../../agent/core/command.ts";
import { exec } from "../../../agent/host/exec.ts";
import { tempFolder } from "../../support/temp-folder.ts";

/** Images may have to be built first, on a machine that is busy. */
setDefaultTimeout(180_000);

const RECIPE = join(import.meta.dir, "../../../stack/images/rootfs.sh");

/** Indexes are fetched once for this file. */
const shared = tempFolder();
const CACHE = shared.at("cache");
afterAll(() => shared[Symbol.dispose]());

/** An image folder of two small packages. */
function imageFolder(packages = "# a comment\nsuite trixie\nnetbase\ntzdata # and another\n", finish = "") {
  const folder = tempFolder();
  mkdirSync(folder.at("image"));
  writeFileSync(folder.at("image/packages"), packages);
  if (finish !== "") writeFileSync(folder.at("image/finish.sh"), finish);
  return folder;
}

function recipe(image: string, out: string, env: Record<string, string> = {}): Promise<Outcome> {
  const argv: [string, ...string[]] = ["sh", RECIPE, image, out];
  return exec({ argv, env: { SOLOFLOW_CACHE: CACHE, ...env } }, { timeoutMs: 120_000 });
}

const record = (root: string) => readFileSync(join(root, "usr/share/soloflow/packages"), "utf8");

/** An apt that has these lines as its whole sources.list, for APT_CONFIG. */
function aptWith(folder: { at(...names: string[]): string }, lines: string): Record<string, string> {
  writeFileSync(folder.at("sources.list"), lines);
  const settings = [
    `Dir::Etc::sourcelist "${folder.at("sources.list")}";`,
    'Dir::Etc::sourceparts "/dev/null";',
    'Acquire::Retries "0";',
  ];
  writeFileSync(folder.at("apt.conf"), `${settings.join("\n")}\n`);
  return { APT_CONFIG: folder.at("apt.conf") };
}

/** The Debian archives of this machine, as lines of the old one-line form without keys. */
async function oneLineSources(): Promise<string> {
  const format = "deb $(REPO_URI) $(RELEASE) $(COMPONENT)";
  const argv: [string, ...string[]] = [
    "apt-get",
    "indextargets",
    "--no-release-info",
    "--format",
    format,
    "Created-By: Packages",
  ];
  const outcome = await exec({ argv }, { timeoutMs: 20_000 });
  if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
  return [...new Set(outcome.stdout.split("\n"))].filter((line) => / main$/.test(line)).join("\n");
}

/** What of the machine's own apt and dpkg a recipe could have touched. */
function machineState(): string[] {
  const files = [
    "/var/lib/dpkg/status",
    ...readdirSync("/var/lib/apt/lists").map((name) => `/var/lib/apt/lists/${name}`),
  ];
  const archives = readdirSync("/var/cache/apt/archives");
  return [...files.map((file) => `${file} ${statSync(file).mtimeMs}`), ...archives];
}

describe("the recipe", () => {
  test("unpacks what is asked for, runs finish.sh in the root, and records every package", async () => {
    using folder = imageFolder(undefined, "rm etc/rpc\necho 'extra 1.0' >> usr/share/soloflow/packages\n");
    const before = machineState();
    expect(await recipe(folder.at("image"), folder.at("out"))).toMatchObject({ kind: "ok", stdout: "" });
    expect(record(folder.at("out"))).toMatch(/^extra 1\.0\nnetbase \S+\ntzdata \S+\n$/);
    expect(existsSync(folder.at("out/etc/services"))).toBe(true);
    expect(existsSync(folder.at("out/etc/rpc"))).toBe(false);
    expect(existsSync(folder.at("out/usr/share/man"))).toBe(false);
    expect(readdirSync(folder.path).sort()).toEqual(["image", "out"]);
    expect(machineState()).toEqual(before);
  });

  test("two at once do not disturb each other", async () => {
    using one = imageFolder();
    using other = imageFolder();
    const both = await Promise.all(
      [one, other].map((folder) => recipe(folder.at("image"), folder.at("out"))),
    );
    expect(both.map(({ kind }) => kind)).toEqual(["ok", "ok"]);
    expect(record(one.at("out"))).toBe(record(other.at("out")));
  });

  test("a package in the cache that was changed is fetched again", async () => {
    using folder = imageFolder();
    await recipe(folder.at("image"), folder.at("first"));
    const deb = readdirSync(join(CACHE, "debs")).find((name) => name.startsWith("netbase_")) ?? "";
    const file = join(CACHE, "debs", deb);
    const whole = readFileSync(file);
    const changed = Buffer.from(whole);
    changed[200] = (changed[200] ?? 0) ^ 0xff;
    writeFileSync(file, changed);
    expect(await recipe(folder.at("image"), folder.at("second"))).toMatchObject({ kind: "ok" });
    expect(readFileSync(file).equals(whole)).toBe(true);
  });

  test("replaces what it made before, and nothing else", async () => {
    using folder = imageFolder();
    await recipe(folder.at("image"), folder.at("out"));
    writeFileSync(folder.at("out/stale"), "");
    expect(await recipe(folder.at("image"), folder.at("out"))).toMatchObject({ kind: "ok" });
    expect(existsSync(folder.at("out/stale"))).toBe(false);

    mkdirSync(folder.at("mine"));
    writeFileSync(folder.at("mine/letter"), "dear");
    const refused = await recipe(folder.at("image"), folder.at("mine"));
    expect(refused).toMatchObject({
      kind: "failed",
      code: 1,
      stderr: expect.stringContaining("holds something else\nhint: "),
    });
    expect(readFileSync(folder.at("mine/letter"), "utf8")).toBe("dear");
  });

  test("finish.sh that fails leaves nothing behind", async () => {
    using folder = imageFolder(undefined, "false\n");
    expect(await recipe(folder.at("image"), folder.at("out"))).toMatchObject({ kind: "failed" });
    expect(readdirSync(folder.path)).toEqual(["image"]);
  });

  test("a package that there is not is named", async () => {
    using folder = imageFolder("suite trixie\nno-such-package-here\n");
    const outcome = await recipe(folder.at("image"), folder.at("out"));
    expect(outcome).toMatchObject({
      kind: "failed",
      stderr: expect.stringContaining("no-such-package-here"),
    });
  });
});

describe("the mirror is the machine's own", () => {
  test("also when apt is set up with the old one-line form and without keys", async () => {
    using folder = imageFolder();
    const env = aptWith(folder, `${await oneLineSources()}\n`);
    expect(await recipe(folder.at("image"), folder.at("out"), env)).toMatchObject({ kind: "ok" });
    expect(record(folder.at("out"))).toContain("netbase ");
  });

  test("a stranger that calls its suite as Debian does is left out", async () => {
    using folder = imageFolder();
    const stranger = "deb http://127.0.0.1:9/packages bookworm main";
    const env = aptWith(folder, `${await oneLineSources()}\n${stranger}\n`);
    expect(await recipe(folder.at("image"), folder.at("out"), env)).toMatchObject({ kind: "ok" });
  });

  test("without a Debian archive it says so, with the way out, and makes nothing", async () => {
    using folder = imageFolder();
    const env = aptWith(folder, "deb http://127.0.0.1:9/ubuntu noble main universe\n");
    const outcome = await recipe(folder.at("image"), folder.at("out"), env);
    expect(outcome).toMatchObject({
      kind: "failed",
      code: 1,
      stderr: expect.stringMatching(
        /^error: apt here reaches no signed Debian archive that has trixie\nhint: .*docker run/m,
      ),
    });
    expect(readdirSync(folder.path).sort()).toEqual(["apt.conf", "image", "sources.list"]);
  });
});
