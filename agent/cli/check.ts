import { formatFault } from "../config/fault.ts";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { checkProject } from "../run/check.ts";
import type { CliContext } from "./context.ts";

/** `check`: every fault at once; exit 2 with an error among them, 0 with warnings and notices only. */
export async function run({ host, configFile, json, output }: CliContext): Promise<ExitCode> {
  const faults = await checkProject(host, configFile);
  const errors = faults.filter(({ severity }) => severity === "error").length;
  const warnings = faults.filter(({ severity }) => severity === "warning").length;
  const notices = faults.length - errors - warnings;
  if (json) output.json({ schema: 1, faults });
  else {
    for (const fault of faults) output.note(formatFault(fault));
    if (faults.length > 0) output.note("");
    const told =
      errors + warnings === 0 ? "no faults" : `${count(errors, "error")}, ${count(warnings, "warning")}`;
    output.line(notices === 0 ? told : `${told}, ${count(notices, "notice")}`);
  }
  return errors > 0 ? EXIT.usage : EXIT.done;
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`;
}
