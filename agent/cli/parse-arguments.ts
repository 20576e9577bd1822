import { type CAC, cac } from "cac";
import { EXIT, SoloflowError } from "../core/errors.ts";
import { helpOf, unknownWord } from "./help.ts";
import { globalOptions, namesOf, type Verb, verbs } from "./verbs.ts";

/** What is known without calling a command; as JSON it is its own document. */
export type Answer = { version: string } | { help: string };

type Parsed =
  | { answer: Answer }
  | { answer?: undefined; verb: Verb; args: readonly string[]; options: Record<string, unknown> };

/** argv without the program's name. Errors: SoloflowError "usage" for an unknown word, option or a missing argument. */
export function parseArguments(argv: readonly string[], version: string): Parsed {
  const answer = answerOf(argv, version);
  if (answer !== undefined) return { answer };
  const cli = build();
  const result = usage(() => cli.parse(["", "", ...argv], { run: false }));
  const verb = verbs.find((entry) => namesOf(entry).includes(cli.matchedCommandName ?? ""));
  if (cli.matchedCommand === undefined || verb === undefined)
    throw unknownWord(result.args[0] ?? argv[0] ?? "");
  usage(() => {
    cli.matchedCommand?.checkUnknownOptions();
    cli.matchedCommand?.checkOptionValue();
    cli.matchedCommand?.checkRequiredArgs();
    cli.matchedCommand?.checkUnusedArgs();
  });
  const { "--": rest = [], ...options } = result.options as Record<string, unknown> & { "--"?: string[] };
  return { verb, args: [...result.args, ...rest], options };
}

/** --version and --help count wherever they stand, but not among the words of another program: exec gateway -- node --version. */
function answerOf(argv: readonly string[], version: string): Answer | undefined {
  const split = argv.indexOf("--");
  const own = split < 0 ? argv : argv.slice(0, split);
  const has = (...flags: string[]) => own.some((word) => flags.includes(word));
  if (has("--version", "-v")) return { version };
  const words = own.filter((word) => !word.startsWith("-"));
  if (words[0] === "help") return { help: helpOf(words[1]) };
  return argv.length === 0 || has("--help", "-h") ? { help: helpOf(words[0]) } : undefined;
}

function build(): CAC {
  const cli = cac("soloflow-agent");
  for (const verb of verbs) {
    const command = cli.command(verb.usage, verb.summary);
    for (const alias of verb.aliases ?? []) command.alias(alias);
    for (const [flag, description] of [...(verb.options ?? []), ...globalOptions])
      command.option(flag, description);
  }
  return cli;
}

/** cac throws plain errors with code tags; they become usage errors. */
function usage<T>(step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SoloflowError("usage", message.replaceAll("`", '"').replace(/^U/, "u").replace(/^M/, "m"), {
      hint: "soloflow-agent <command> --help shows what it takes",
      exitCode: EXIT.usage,
      cause: thrown,
    });
  }
}
