/** Every check and every test, in turn; `full` adds the long ones. The last line is `N passed, N failed`. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checks, report, runCheck, stackChecks } from "./checks.ts";
import { testFiles } from "./test-files.ts";
import { addTotals, summaryLine, type Totals, totalsOf } from "./totals.ts";

const root = resolve(import.meta.dir, "..");
const full = process.argv.includes("full");

/** In this order; the time-out is that of one test unless it says its own, the limit that of the whole stage. */
const stages = [
  { folder: "unit", timeoutMs: 30_000, limitMin: 5 },
  { folder: "property", timeoutMs: 60_000, limitMin: 5 },
  { folder: "integration", timeoutMs: 60_000, limitMin: 10 },
  { folder: "stack", timeoutMs: 60_000, limitMin: 15 },
  { folder: "e2e", timeoutMs: 300_000, limitMin: full ? 80 : 25 },
];

async function runChecks(): Promise<Totals> {
  const finished = await Promise.all(
    [...checks(root), ...stackChecks(root)].map((check) => runCheck(root, check)),
  );
  for (const result of finished) report(result);
  const passed = finished.filter((result) => result.passed).length;
  return { passed, failed: finished.length - passed, skipped: 0 };
}

/** One `bun test` for the folder: files in turn, output as it comes, counts from its own report. */
async function runStage({ folder, timeoutMs, limitMin }: (typeof stages)[number]): Promise<Totals> {
  const files = testFiles(root, folder, full);
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const started = performance.now();
  console.log(`\n── ${folder}: ${files.length} files`);
  const work = mkdtempSync(join(tmpdir(), "soloflow-test-"));
  const outfile = join(work, "junit.xml");
  const argv = [process.execPath, "test", `--timeout=${timeoutMs}`, "--reporter=junit"];
  try {
    const child = Bun.spawn([...argv, `--reporter-outfile=${outfile}`, ...files], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      timeout: limitMin * 60_000,
    });
    const code = await child.exited;
    const totals = totalsOf(readReport(outfile), code);
    console.log(
      `── ${folder}: ${summaryLine(totals)} (${((performance.now() - started) / 1000).toFixed(0)} s)`,
    );
    return totals;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function readReport(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

let totals = await runChecks();
for (const stage of stages) totals = addTotals(totals, await runStage(stage));
console.log(`\n${summaryLine(totals)}`);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
