import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");

type Source = { path: string; text: string; lines: number };

function sources(folder: string): Source[] {
  return (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
    .map((path) => {
      const text = readFileSync(join(root, folder, path), "utf8");
      return { path: `${folder}/${path}`, text, lines: text.trimEnd().split("\n").length };
    });
}

const agent = sources("agent");

/** Paths of the files whose code, comments apart, has the pattern. */
const naming = (pattern: RegExp, among = agent) =>
  among.filter(({ text }) => pattern.test(withoutComments(text))).map(({ path }) => path);

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

describe("effects have one door each", () => {
  test("processes are started in agent/host/exec.ts and nowhere else", () => {
    const pattern = /\bBun\s*\.\s*(spawn|spawnSync|\$)|\bimport\b[^;]*\$[^;]*\bfrom "bun"|child_process/;
    expect(naming(pattern)).toEqual(["agent/host/exec.ts"]);
  });

  test("only agent/main.ts and agent/cli name the terminal", () => {
    const outside = agent.filter(({ path }) => !path.startsWith("agent/cli/") && path !== "agent/main.ts");
    expect(naming(/\bconsole\.|process\.(stdout|stderr)\b/, outside)).toEqual([]);
  });

  test("the floors that decide read no clock, no chance and no environment", () => {
    const pure = agent.filter(({ path }) => /^agent\/(config|plan)\//.test(path));
    expect(
      naming(/\bDate\.now|\bnew Date\(\)|Math\.random|\bprocess\.|\bBun\.|\bawait\b|randomBytes/, pure),
    ).toEqual([]);
  });
});

describe("files stay small", () => {
  const measured = [...agent, ...sources("scripts")];

  test("none is longer than 250 lines", () => {
    expect(measured.filter(({ lines }) => lines > 250).map(({ path, lines }) => `${path}: ${lines}`)).toEqual(
      [],
    );
  });

  test("half of them have at most 80 lines", () => {
    const lengths = measured.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(80);
  });
});

describe("the repository goes anywhere", () => {
  const tracked = output(["git", "ls-files", "-z"]).split("\0").filter(isText);

  test("it names no host that packages come from here, and no folder of this machine", () => {
    const places = [npmHost(), ...aptHosts(), root].filter((place) => place.length > 8);
    expect(places.length).toBeGreaterThan(0);
    const found = tracked.flatMap((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return places.filter((place) => text.includes(place)).map((place) => `${path}: ${place}`);
    });
    expect(found).toEqual([]);
  }, 30_000);

  test("nothing in the stack needs an executable bit, which the executable cannot carry", () => {
    const executable = output(["git", "ls-files", "--stage", "stack"])
      .split("\n")
      .filter((line) => line.startsWith("100755"));
    expect(executable).toEqual([]);
  });
});

function isText(path: string): boolean {
  const found = path === "" ? undefined : statSync(join(root, path), { throwIfNoEntry: false });
  return found?.isFile() === true && !/\.(png|ico|woff2?|gz|tar)$/.test(path);
}

function npmHost(): string {
  return new URL(output(["npm", "config", "get", "registry"]).trim()).host;
}

function aptHosts(): string[] {
  if (Bun.which("apt-get") === null) return [];
  const sites = output(["apt-get", "indextargets", "--no-release-info", "--format", "$(SITE)"]);
  return [...new Set(sites.split("\n"))].flatMap((site) => (URL.canParse(site) ? [new URL(site).host] : []));
}

function output(argv: string[]): string {
  const child = Bun.spawnSync(argv, { cwd: root, stdout: "pipe", stderr: "ignore" });
  if (child.exitCode !== 0) throw new Error(`${argv.join(" ")} failed`);
  return child.stdout.toString();
}
