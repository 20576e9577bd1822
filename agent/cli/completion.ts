import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import type { CliContext, CommandWords } from "./context.ts";

const SHELLS = { bash, zsh, fish } as const;

/** Prints a completion script: `soloflow-agent completion bash > /etc/bash_completion.d/soloflow-agent`. */
export async function run({ args, json, output, commands }: CliContext): Promise<ExitCode> {
  const shell = SHELLS[args[0] as keyof typeof SHELLS];
  if (shell === undefined) {
    throw new SoloflowError("usage", `there is no completion for "${args[0] ?? ""}"`, {
      hint: `it is made for ${Object.keys(SHELLS).join(", ")}`,
      exitCode: EXIT.usage,
    });
  }
  const script = shell(commands);
  if (json) output.json({ schema: 1, script });
  else output.line(script);
  return EXIT.done;
}

type Commands = readonly CommandWords[];

/** A shell's `${…}`. */
const expand = (expression: string): string => `\${${expression}}`;

function bash(commands: Commands): string {
  const cases = commands.map(({ names, flags }) => `    ${names.join("|")}) words="${flags.join(" ")}" ;;`);
  return [
    "_soloflow_agent() {",
    '  local word="$2" words=""',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.flatMap(({ names }) => names).join(" ")}"; else`,
    `  case "${expand("COMP_WORDS[1]")}" in`,
    ...cases,
    "  esac; fi",
    '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")',
    "}",
    "complete -o default -F _soloflow_agent soloflow-agent",
  ].join("\n");
}

function zsh(commands: Commands): string {
  const list = commands.flatMap(({ names, summary }) =>
    names.map((name) => `    '${name}:${summary.replaceAll("'", "’").replaceAll(":", "\\:")}'`),
  );
  const cases = commands.map(
    ({ names, flags }) => `    ${names.join("|")}) compadd -- ${flags.join(" ")} ;;`,
  );
  return [
    "#compdef soloflow-agent",
    "_soloflow_agent() {",
    "  local -a commands=(",
    ...list,
    "  )",
    "  if (( CURRENT == 2 )); then _describe command commands; return; fi",
    `  case "${expand("words[2]")}" in`,
    ...cases,
    "  esac",
    "}",
    "compdef _soloflow_agent soloflow-agent",
  ].join("\n");
}

function fish(commands: Commands): string {
  const quote = (text: string) => `'${text.replaceAll("'", "\\'")}'`;
  return commands
    .flatMap(({ names, summary, flags }) => {
      const words = names.map(
        (name) => `complete -c soloflow-agent -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      );
      const seen = `'__fish_seen_subcommand_from ${names.join(" ")}'`;
      return [
        ...words,
        ...flags.map((flag) => `complete -c soloflow-agent -n ${seen} -l ${flag.replace(/^--/, "")}`),
      ];
    })
    .join("\n");
}
