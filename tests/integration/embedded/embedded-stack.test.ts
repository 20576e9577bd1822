import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemFiles } from "../../../agent/host/system-files.ts";
import { embeddedStackFiles, extractStack } from "../../../agent/run/embedded-stack.ts";
import { stackSourceFiles } from "../../../agent/run/stack-source.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { must } from "../../support/vps/must.ts";

const root = resolve(import.meta.dir, "../../..");
const host = { files: systemFiles };

describe("what the executable carries of the stack", () => {
  test("is every file that git tracks there", async () => {
    const tracked = (await must(["git", "ls-files", "stack"], { cwd: root })).trim().split("\n");
    const carried = new Set(embeddedStackFiles().map((path) => `stack/${path}`));
    const made = tracked.filter((path) => /(^|\/)(next-env\.d\.ts|\.env)$/.test(path));
    expect(tracked.filter((path) => !carried.has(path) && !made.includes(path))).toEqual([]);
  });

  test("is nothing that was made, logged or filled in with secrets", () => {
    using folder = tempFolder();
    for (const path of [
      ...["compose.yaml", ".env.docker.example", "gateway/.dockerignore", "gateway/src/main.ts"],
      ...[
        ".env",
        ".env.docker",
        "gateway/node_modules/x/index.js",
        "provider/.next/build",
        "gateway/dist/x.js",
      ],
      ...["provider/next-env.d.ts", "npm-debug.log", "provider/tsconfig.tsbuildinfo"],
    ]) {
      mkdirSync(join(folder.at(path), ".."), { recursive: true });
      writeFileSync(folder.at(path), "");
    }
    expect(stackSourceFiles(folder.path)).toEqual([
      ...[".env.docker.example", "compose.yaml", "gateway/.dockerignore", "gateway/src/main.ts"],
    ]);
  });
});

describe("writing the stack out", () => {
  test("gives readable files, and does nothing the second time", async () => {
    using folder = tempFolder();
    const first = await extractStack(host, folder.at("stack"));
    expect(first.written).toEqual(embeddedStackFiles());
    expect(statSync(folder.at("stack", "compose.yaml")).mode & 0o777).toBe(0o644);
    expect(statSync(folder.at("stack")).mode & 0o777).toBe(0o755);
    const second = await extractStack(host, folder.at("stack"));
    expect(second).toEqual({ written: [], same: first.written, different: [] });
  });

  test("never replaces a file that a person changed, unless told to", async () => {
    using folder = tempFolder();
    await extractStack(host, folder.path);
    writeFileSync(folder.at("compose.yaml"), "mine\n");
    expect((await extractStack(host, folder.path)).different).toEqual(["compose.yaml"]);
    expect(readFileSync(folder.at("compose.yaml"), "utf8")).toBe("mine\n");
    const forced = await extractStack(host, folder.path, { overwrite: (path) => path === "compose.yaml" });
    expect(forced.written).toEqual(["compose.yaml"]);
  });
});
