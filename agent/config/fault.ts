/** One thing that is wrong (or unwise) in what a person wrote. `line` and `column` count from 1. */
export type Fault = {
  severity: "error" | "warning";
  /** As the person named it, or relative to the folder of soloflow.toml; "machine" for what is no file. */
  file: string;
  line?: number;
  column?: number;
  message: string;
  hint?: string;
  /** Stable word for programs: which rule of `check` (or "config", "toml") found it. */
  rule?: string;
};

/** "soloflow.toml:3:5: what", and the hint on a line of its own. */
export function formatFault(fault: Fault): string {
  const place = [fault.file, fault.line, fault.column].filter((part) => part !== undefined).join(":");
  const text = `${place}: ${fault.severity === "warning" ? "warning: " : ""}${fault.message}`;
  return fault.hint === undefined ? text : `${text}\n  hint: ${fault.hint}`;
}
