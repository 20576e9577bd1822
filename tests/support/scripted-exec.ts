import type { Command, Exec, Limits, Outcome } from "../../agent/core/command.ts";

/**
 * What an expected process does. `argv` is the beginning of the command line, with a regular expression in the place
 * of a word that varies, or a function that looks at the whole command.
 */
export type ExpectedProcess = {
  argv: readonly (string | RegExp)[] | ((command: Command) => boolean);
  gives?: Outcome | ((command: Command, limits: Limits) => Outcome | Promise<Outcome>);
  /** How often it is expected. Default once; "any" also never. */
  times?: number | "any";
};

export const ok = (stdout = "", stderr = ""): Outcome => ({ kind: "ok", stdout, stderr });
export const failed = (code: number, stderr = "", stdout = ""): Outcome => ({
  kind: "failed",
  code,
  stdout,
  stderr,
});

/** `exec` answers by the first expectation that fits and is not used up, and throws for any other process. */
export function scriptedExec(expected: readonly ExpectedProcess[], log: (call: string) => void) {
  const used = expected.map(() => 0);
  const exec: Exec = async (command, limits) => {
    log(command.argv.join(" "));
    const index = expected.findIndex((each, at) => fits(each, command) && (used[at] ?? 0) < most(each));
    const found = expected[index];
    if (found === undefined) throw new Error(`unexpected process: ${command.argv.join(" ")}`);
    used[index] = (used[index] ?? 0) + 1;
    return typeof found.gives === "function" ? found.gives(command, limits) : (found.gives ?? ok());
  };
  const missing = () =>
    expected.filter((each, at) => each.times !== "any" && (used[at] ?? 0) < most(each)).map(inWords);
  return { exec, missing };
}

function most(expected: ExpectedProcess): number {
  return expected.times === "any" ? Number.POSITIVE_INFINITY : (expected.times ?? 1);
}

function fits(expected: ExpectedProcess, command: Command): boolean {
  if (typeof expected.argv === "function") return expected.argv(command);
  return expected.argv.every((word, at) => {
    const given = command.argv[at];
    return given !== undefined && (typeof word === "string" ? word === given : word.test(given));
  });
}

function inWords(expected: ExpectedProcess): string {
  return typeof expected.argv === "function" ? String(expected.argv) : expected.argv.join(" ");
}
