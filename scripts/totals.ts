/** How many tests (or checks) ended how. */
export type Totals = { passed: number; failed: number; skipped: number };

/**
 * The counts of one `bun test` from its JUnit report and exit code. A run that failed without a failed test
 * (a file that cannot be loaded, a crash, its time-out) counts as one failure.
 */
export function totalsOf(junit: string, exitCode: number): Totals {
  const root = /<testsuites\b[^>]*>/.exec(junit)?.[0] ?? "";
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root)?.[1] ?? 0);
  const skipped = count("skipped");
  const counted = count("failures");
  const failed = exitCode !== 0 && counted === 0 ? 1 : counted;
  return { passed: count("tests") - skipped - counted, failed, skipped };
}

export function addTotals(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** "12 passed, 0 failed", and ", 3 skipped" when there are any. */
export function summaryLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
