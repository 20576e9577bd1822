import { EXIT, SoloflowError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { table } from "../core/table.ts";
import { globalOptions, namesOf, type Verb, verbs } from "./verbs.ts";

/** The overview, or what one command does and takes. Errors: SoloflowError "usage" for an unknown word. */
export function helpOf(word: string | undefined): string {
  const verb = verbs.find((entry) => namesOf(entry).includes(word ?? ""));
  if (word !== undefined && verb === undefined) throw unknownWord(word);
  return verb === undefined ? overview() : verbHelp(verb);
}

function overview(): string {
  const rows = verbs.map((verb): [string, string] => [
    [verb.usage, ...(verb.aliases ?? [])].join(", "),
    verb.summary,
  ]);
  return [
    "usage: soloflow-agent <command> [options]",
    "",
    ...indented(rows),
    "",
    "options of every command:",
    ...indented([
      ...globalOptions,
      ["--help", "what a command does and takes"],
      ["--version", "the version"],
    ]),
  ].join("\n");
}

function verbHelp(verb: Verb): string {
  const lines = [`usage: soloflow-agent ${verb.usage} [options]`, "", verb.summary];
  if (verb.aliases !== undefined) lines.push("", `also called: ${verb.aliases.join(", ")}`);
  return [...lines, "", "options:", ...indented([...(verb.options ?? []), ...globalOptions])].join("\n");
}

function indented(rows: readonly (readonly [string, string])[]): string[] {
  return table(rows).map((line) => `  ${line}`);
}

export function unknownWord(word: string): SoloflowError {
  const near = nearest(word, verbs.flatMap(namesOf));
  return new SoloflowError(
    "usage",
    `unknown command "${word}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
    {
      hint: "soloflow-agent --help lists the commands",
      exitCode: EXIT.usage,
    },
  );
}
