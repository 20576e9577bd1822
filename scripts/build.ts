/**
 * Builds the executable: dist/soloflow-agent for this machine, with `all` also the one for the other processor
 * (dist/soloflow-agent-arm64 or -x64), and dist/SHA256SUMS. Nothing is done when no input changed.
 *
 *   bun scripts/build.ts [all] [--outdir dist] [--force]
 *
 * The same sources, version and Bun give the same bytes (the output must keep its name while it is made).
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildInputs, stackSources } from "./build-inputs.ts";
import { agentVersion } from "./version.ts";

const root = resolve(import.meta.dir, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { outdir: { type: "string", default: "dist" }, force: { type: "boolean", default: false } },
});
const outdir = resolve(root, values.outdir);

type Architecture = "x64" | "arm64";
const native: Architecture = process.arch === "arm64" ? "arm64" : "x64";
const other: Architecture = native === "x64" ? "arm64" : "x64";
const version = agentVersion(root);

const FLAGS = [
  "--compile",
  "--minify",
  "--bytecode",
  "--splitting",
  "--format=esm",
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
  "--reject-unresolved",
  "--asset=stack",
  `--define=SOLOFLOW_VERSION=${JSON.stringify(version)}`,
];

function fileOf(architecture: Architecture): string {
  return architecture === native ? "soloflow-agent" : `soloflow-agent-${architecture}`;
}

function run(argv: string[], cwd: string): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BUN_")));
  const child = Bun.spawnSync(argv, { cwd, env, stdout: "pipe", stderr: "pipe" });
  if (child.exitCode !== 0) throw new Error(`${argv[0]} ${argv[1]} failed\n${child.stdout}${child.stderr}`);
  return child.stdout.toString();
}

/** Bun takes the embedded folder's name from its path relative to the working directory: hence a stage. */
function stage(work: string): void {
  for (const [path, data] of stackSources(root)) {
    mkdirSync(join(work, "stack", path, ".."), { recursive: true });
    writeFileSync(join(work, "stack", path), data);
  }
}

function compile(architecture: Architecture): void {
  const started = performance.now();
  const work = mkdtempSync(join(outdir, ".build-"));
  try {
    stage(work);
    const cross =
      architecture === native
        ? []
        : [
            `--target=bun-linux-${architecture}`,
            `--compile-executable-path=${run(["sh", "scripts/bun.sh", architecture], root).trim()}`,
          ];
    const outfile = join(work, "out", "soloflow-agent");
    run(
      [process.execPath, "build", ...FLAGS, ...cross, `--outfile=${outfile}`, join(root, "agent/main.ts")],
      work,
    );
    if (architecture === native) checkVersion(outfile);
    renameSync(outfile, join(outdir, fileOf(architecture)));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `built ${join(values.outdir, fileOf(architecture))} ${version} (${architecture}, ${seconds} s)`,
  );
}

function checkVersion(binary: string): void {
  const printed = run([binary, "--version"], "/").trim();
  if (printed !== version) throw new Error(`the built binary says "${printed}", not "${version}"`);
}

function sumOf(file: string): string {
  return createHash("sha256")
    .update(readFileSync(join(outdir, file)))
    .digest("hex");
}

/** Builds what is missing; an executable of older inputs is replaced, or removed when it is not wanted now. */
function main(): void {
  const wanted: Architecture[] = positionals.includes("all") ? [native, other] : [native];
  const inputs = buildInputs(root, [Bun.version, ...FLAGS]);
  mkdirSync(outdir, { recursive: true });
  const record = join(outdir, ".inputs");
  const current = !values.force && existsSync(record) && readFileSync(record, "utf8") === inputs;
  const missing = wanted.filter((each) => !current || !existsSync(join(outdir, fileOf(each))));
  for (const architecture of missing) compile(architecture);
  if (!current && !wanted.includes(other)) rmSync(join(outdir, fileOf(other)), { force: true });
  if (missing.length === 0) console.log(`${values.outdir} is up to date (${version})`);
  writeFileSync(record, inputs);
  writeFileSync(
    join(outdir, "SHA256SUMS"),
    executables()
      .map((file) => `${sumOf(file)}  ${file}\n`)
      .join(""),
  );
}

function executables(): string[] {
  return readdirSync(outdir)
    .filter((file) => /^soloflow-agent(-x64|-arm64)?$/.test(file))
    .sort();
}

try {
  main();
} catch (thrown) {
  console.error(`error: ${thrown instanceof Error ? thrown.message : thrown}`);
  process.exitCode = 1;
}
