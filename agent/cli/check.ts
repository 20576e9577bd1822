import { formatFault } from "../config/fault.ts";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { checkProject } from "../run/check.ts";
import type { CliContext } from "./context.ts";

/** `check`: every fault at once; exit 2 with an error among them, 0 with warnings only. */
export async function run({ host, configFile, json, output }: CliContext): Promise<ExitCode> {
  const faults = await checkProject(host, configFile);
  const errors = faults.filter(({ severity }) => severity === "error").length;
  const warnings = faults.length - errors;
  if (json) output.json({ schema: 1, faults });
  else {
    for (const fault of faults) output.note(formatFault(fault));
    if (faults.length > 0) output.note("");
    output.line(
      errors + warnings === 0 ? "no faults" : `${count(errors, "error")}, ${count(warnings, "warning")}`,
    );
  }
  return errors > 0 ? EXIT.usage : EXIT.done;
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`;
}
