import { expect, test } from "bun:test";
import { addTotals, summaryLine, totalsOf } from "../../../scripts/totals.ts";

const junit = (tests: number, failures: number, skipped: number) =>
  `<?xml version="1.0"?>\n<testsuites name="bun test" tests="${tests}" assertions="9" failures="${failures}" skipped="${skipped}" time="1">\n` +
  `  <testsuite name="a" tests="1" failures="9" skipped="9">`;

test("counts are those of the whole run", () => {
  expect(totalsOf(junit(12, 2, 3), 1)).toEqual({ passed: 7, failed: 2, skipped: 3 });
  expect(totalsOf(junit(5, 0, 0), 0)).toEqual({ passed: 5, failed: 0, skipped: 0 });
});

test("a run that failed without a failed test is never counted as passed", () => {
  expect(totalsOf(junit(5, 0, 0), 1).failed).toBe(1);
  expect(totalsOf("", 137)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("the last line names skipped tests only when there are any", () => {
  const some = { passed: 1, failed: 0, skipped: 0 };
  expect(summaryLine(some)).toBe("1 passed, 0 failed");
  expect(summaryLine(addTotals(some, { passed: 2, failed: 3, skipped: 4 }))).toBe(
    "3 passed, 3 failed, 4 skipped",
  );
});
