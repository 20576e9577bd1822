import type { Outcome } from "../core/command.ts";
import { firstLines } from "./first-lines.ts";

/** Why a call of Compose failed, in its own words. It tells its progress on stderr too; the fault is what is left. */
export function composeFault(outcome: Exclude<Outcome, { kind: "ok" }>): string {
  if (outcome.kind === "missing") return "there is no docker command";
  const lines = outcome.stderr
    .split("\n")
    .filter((line) => !/^ ?(Container|Network|Volume) \S+ +\w+$/.test(line.trimEnd()));
  return firstLines(lines.join("\n"));
}
