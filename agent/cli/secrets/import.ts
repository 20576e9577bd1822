import { EXIT, type ExitCode } from "../../core/errors.ts";
import { parseIdentity } from "../../host/secret-store/identity.ts";
import type { Ruling } from "../../plan/secrets-take.ts";
import { loadProject } from "../../run/load-project.ts";
import { importSecrets } from "../../run/secrets/import-secrets.ts";
import type { CliContext } from "../context.ts";
import { audited } from "./under-lock.ts";

/** Says of each name what became of it; exit 1 when one was refused, the others are taken all the same. */
export async function run(context: CliContext, [file = ""]: readonly string[]): Promise<ExitCode> {
  const { host, progress, options, output } = context;
  const project = await loadProject(host, context.configFile);
  const askIdentity = async () =>
    parseIdentity((await context.ask.hidden(`age identity that opens ${file} (AGE-SECRET-KEY-1…)`)) ?? "");
  const acceptWeak = options.acceptWeak === true;
  const { rulings, warnings } = await audited(
    context,
    project,
    { action: "import", what: "imported" },
    () => importSecrets(host, project, file, { acceptWeak, progress, askIdentity }),
    (imported) => imported.rulings.filter(({ kind }) => kind === "take").map(({ name }) => name),
  );
  for (const warning of warnings) progress.warn(warning);
  const refused = rulings.some((ruling) => ruling.kind === "refused");
  if (context.json) output.json({ schema: 1, warnings, secrets: rulings.map(document) });
  else for (const ruling of rulings) output.line(describe(ruling));
  if (rulings.length === 0) output.note(`${file} has no values`);
  else if (!refused) output.note(`the values are in the store; delete the file: shred -u ${file}`);
  return refused ? EXIT.failed : EXIT.done;
}

function document(ruling: Ruling): object {
  const { name, kind } = ruling;
  if (kind === "take") return { name, result: "taken", warnings: ruling.warnings };
  if (kind === "same") return { name, result: "same" };
  return { name, result: kind, why: ruling.why };
}

function describe(ruling: Ruling): string {
  const { name } = ruling;
  switch (ruling.kind) {
    case "take":
      return [`${name}: taken`, ...ruling.warnings.map((warning) => `  warning: it ${warning}`)].join("\n");
    case "same":
      return `${name}: already there`;
    case "left":
      return `${name}: left out, it ${ruling.why}`;
    case "refused":
      return `${name}: refused, it ${ruling.why}${ruling.hint === undefined ? "" : `\n  hint: ${ruling.hint}`}`;
    default:
      return ruling satisfies never;
  }
}
