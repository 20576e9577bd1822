import { EXIT, SoloflowError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import { type DotenvEntry, type DotenvFault, parseDotenv } from "../../plan/dotenv.ts";
import type { Project } from "../../run/project.ts";
import type { CliContext } from "../context.ts";
import type { Wish } from "./action.ts";

/**
 * Values of the external names that somebody wrote: typed without echo, or from standard input, which holds the value of
 * one name, or lines NAME=value for several. Errors: SoloflowError "usage" (exit 2) where one is missing, or cannot be
 * read with certainty.
 */
export async function givenValues(
  { ask }: Pick<CliContext, "ask">,
  { config }: Project,
  { which, names }: Wish,
  isTerminal: boolean,
): Promise<Record<string, Secret>> {
  if (which !== "named") return {};
  const wanted = [...new Set(names)].filter((name) => config.secret[name]?.kind === "external");
  if (wanted.length > 1 && !isTerminal) return severalFrom(ask, wanted);
  const given: Record<string, Secret> = {};
  for (const name of wanted) {
    const text = await ask.hidden(`new value of ${name}`, { whole: true });
    if (text === undefined || text === "") throw missing([name]);
    given[name] = new Secret(text);
  }
  return given;
}

async function severalFrom(
  ask: CliContext["ask"],
  wanted: readonly string[],
): Promise<Record<string, Secret>> {
  const text = (await ask.hidden("values", { whole: true })) ?? "";
  const { entries, faults } = parseDotenv(text);
  const given = entries.filter(({ name }) => wanted.includes(name));
  const [fault] = [...faults, ...given.filter(({ expands }) => expands).map(expanding)];
  if (fault !== undefined) throw unreadable(fault);
  const absent = wanted.filter((name) => !given.some((entry) => entry.name === name));
  if (absent.length > 0) throw missing(absent);
  return Object.fromEntries(given.map(({ name, value }) => [name, new Secret(value)]));
}

function expanding({ name, line }: DotenvEntry): DotenvFault {
  return { line, message: `${name} has a $ before a name, which a shell would have replaced` };
}

/** A line that is none may be the second of a value that should have been in quotes. */
function unreadable({ line, message }: DotenvFault): SoloflowError {
  return new SoloflowError("usage", `line ${line} of the standard input: ${message}`, {
    hint: "put values into single quotes, which keep $, # and lines: NAME='value'",
    exitCode: EXIT.usage,
  });
}

function missing(names: readonly string[]): SoloflowError {
  return new SoloflowError("usage", `no value for ${names.join(", ")} was given`, {
    hint: "type it, or give it by standard input: the value of one name, or lines NAME=value",
    exitCode: EXIT.usage,
  });
}
