import { EXIT, type ExitCode } from "../../core/errors.ts";
import { table } from "../../core/table.ts";
import { loadProject } from "../../run/load-project.ts";
import { type SecretChange, secretHistory } from "../../run/secrets/secret-history.ts";
import { refuseUnknownName } from "../../run/secrets/set-secret.ts";
import type { CliContext } from "../context.ts";
import { timeText } from "../time-text.ts";

const HEAD = ["WHEN", "SECRET", "VALUE", "ACCEPTED", "STORE"];

/** `secrets history [NAME]`: which values there were, newest first; never one of them. */
export async function run(context: CliContext, [name]: readonly string[]): Promise<ExitCode> {
  const { host, output } = context;
  const project = await loadProject(host, context.configFile);
  if (name !== undefined) refuseUnknownName(project, name);
  const all = (await secretHistory(host, project)).toReversed();
  const changes = name === undefined ? all : all.filter(({ secret }) => secret === name);
  if (context.json) {
    output.json({
      schema: 1,
      changes: changes.map((change) => ({ ...change, issues: change.issues ?? null })),
    });
  } else if (changes.length === 0) output.note("nothing is stored yet");
  else for (const line of table([HEAD, ...changes.map(row)])) output.line(line);
  return EXIT.done;
}

function row({ createdAt, secret, issues, accepts, version }: SecretChange): string[] {
  const value = issues === undefined ? "taken out" : `version ${issues}`;
  return [timeText(Date.parse(createdAt)), secret, value, accepts.join(", "), `version ${version}`];
}
