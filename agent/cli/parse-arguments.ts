import { type CAC, cac } from "cac";
import { EXIT, SoloflowError } from "../core/errors.ts";
import { helpOf, unknownWord } from "./help.ts";
import { globalOptions, namesOf, type Verb, verbs } from "./verbs.ts";

type Parsed =
  | { answer: string }
  | { answer?: undefined; verb: Verb; args: readonly string[]; options: Record<string, unknown> };

/** argv without the program's name. Errors: SoloflowError "usage" for an unknown word, option or a missing argument. */
export function parseArguments(argv: readonly string[], version: string): Parsed {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-v")) return { answer: version };
  const cli = build();
  if (argv.length === 0 || argv[0] === "--help" || argv[0] === "-h" || argv[0] === "help") {
    return { answer: helpOf(argv[1]) };
  }
  const split = argv.indexOf("--");
  const before = split < 0 ? argv : argv.slice(0, split);
  if (before.includes("--help") || before.includes("-h"))
    return { answer: helpOf(before.find((word) => !word.startsWith("-"))) };
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
