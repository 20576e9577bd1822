/**
 * One thing that is wrong or unwise in what a person wrote, or (a notice) what could be better and is no fault.
 * `line` and `column` count from 1.
 */
export type Fault = {
  severity: "error" | "warning" | "notice";
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
  const text = `${place}: ${fault.severity === "error" ? "" : `${fault.severity}: `}${fault.message}`;
  return fault.hint === undefined ? text : `${text}\n  hint: ${fault.hint}`;
}
