/** The quick gate, under 30 s: format, lint with the floors, types, unused code, unit and property tests, at once. */
import { resolve } from "node:path";
import { checks, report, runCheck } from "./checks.ts";
import { testFiles } from "./test-files.ts";

const root = resolve(import.meta.dir, "..");
const started = performance.now();
// Two simulated months of the watchdog take a third of the gate's time; `npm test` has all of them.
const QUICK = ["env", "WATCHDOG_DAYS=14"];
const tests = ["unit", "property"].map((folder) => ({
  name: `${folder} tests`,
  argv: [
    ...QUICK,
    process.execPath,
    "test",
    "--only-failures",
    "--timeout=60000",
    ...testFiles(root, folder, false),
  ],
}));

const finished = await Promise.all(
  [...checks(root), ...tests].map(async (check) => {
    const result = await runCheck(root, check);
    report(result);
    return result;
  }),
);
const failed = finished.filter((result) => !result.passed).map((result) => result.name);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(failed.length === 0 ? `ok (${seconds} s)` : `not ok: ${failed.join(", ")} (${seconds} s)`);
process.exitCode = failed.length === 0 ? 0 : 1;
