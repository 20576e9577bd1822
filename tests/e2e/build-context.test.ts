import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { scanTree } from "../../agent/host/scan-tree.ts";
import { dockerignore } from "../../agent/plan/images/dockerignore.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { must } from "../support/vps/must.ts";

setDefaultTimeout(120_000);

const CASES = 40;

const name = fc.constantFrom("a", "b", "c.md", "d.txt", "(x)", "a.b", "[z]", "e+");
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const word = fc.constantFrom(
  ...[
    "a",
    "b",
    "*",
    "**",
    "c.md",
    "*.md",
    "?",
    "a*",
    "(x)",
    "[ab]",
    "[^a]",
    "**.md",
    "\\[z\\]",
    "e+",
    "a**",
    "a.b",
  ],
);
const pattern = fc
  .tuple(
    fc.constantFrom("", "", "!"),
    fc.constantFrom("", "", "/", "./"),
    fc.array(word, { minLength: 1, maxLength: 3 }),
    fc.constantFrom("", "", "/"),
  )
  .map(([sign, start, parts, end]) => `${sign}${start}${parts.join("/")}${end}`);
const context = fc.record({
  files: fc.array(path, { minLength: 4, maxLength: 14 }),
  ignore: fc.array(pattern, { minLength: 1, maxLength: 5 }).map((lines) => lines.join("\n")),
});

/** A file whose folder is a file already is left out. */
function lay(folder: string, files: readonly string[]): void {
  for (const file of files) {
    try {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), "x");
    } catch {}
  }
}

/*
 * One build takes all contexts as named ones, each with a .dockerignore of its own, and gives what it got of each.
 * Every run draws others.
 */
test("what counts as a build's input is what Docker itself would send", async () => {
  using folder = tempFolder();
  const drawn = fc.sample(context, CASES);
  for (const [at, { files, ignore }] of drawn.entries()) {
    lay(folder.at("in", String(at)), [...files, "keep"]);
    writeFileSync(folder.at("in", String(at), ".dockerignore"), ignore);
  }
  const copies = drawn.map((_, at) => `COPY --from=c${at} / /${at}/`);
  writeFileSync(folder.at("Dockerfile"), ["FROM scratch", ...copies].join("\n"));
  mkdirSync(folder.at("empty"));
  const contexts = drawn.flatMap((_, at) => ["--build-context", `c${at}=${folder.at("in", String(at))}`]);
  const output = `type=local,dest=${folder.at("out")}`;
  await must([
    ...["docker", "build", "-q", "--output", output, "-f", folder.at("Dockerfile")],
    ...contexts,
    folder.at("empty"),
  ]);
  const all = dockerignore("");
  for (const [at, { ignore }] of drawn.entries()) {
    const sent = scanTree(folder.at("out", String(at)), all).map((entry) => entry.path);
    const counted = scanTree(folder.at("in", String(at)), dockerignore(ignore)).map((entry) => entry.path);
    expect({ ignore, files: counted }).toEqual({ ignore, files: sent });
  }
});
