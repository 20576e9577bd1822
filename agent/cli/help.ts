import { EXIT, SoloflowError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
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
    ...table(rows),
    "",
    "options of every command:",
    ...table([...globalOptions, ["--help", "what a command does and takes"], ["--version", "the version"]]),
  ].join("\n");
}

function verbHelp(verb: Verb): string {
  const lines = [`usage: soloflow-agent ${verb.usage} [options]`, "", verb.summary];
  if (verb.aliases !== undefined) lines.push("", `also called: ${verb.aliases.join(", ")}`);
  return [...lines, "", "options:", ...table([...(verb.options ?? []), ...globalOptions])].join("\n");
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
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
