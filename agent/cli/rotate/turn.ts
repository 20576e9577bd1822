import { EXIT, type ExitCode, SoloflowError } from "../../core/errors.ts";
import type { Rotation } from "../../plan/rotate/types.ts";
import { loadProject } from "../../run/load-project.ts";
import { seeToEarlier } from "../../run/rotate/earlier-rotation.ts";
import type { CliContext } from "../context.ts";
import type { RotationAction } from "./action.ts";
import { failureOf, outcomeOf, rotationDocument } from "./result.ts";

type Turn = Exclude<RotationAction, { do: "rotate" | "preview" | "scheduled" }>;

/** `--settle`, `--resume`, `--abort` and `--retire`. */
export async function turn(context: CliContext, action: Turn): Promise<ExitCode> {
  const { host, configFile, json, output, progress, signal, waitMs } = context;
  const project = await loadProject(host, configFile);
  const startedAt = host.clock.monotonic();
  const asked =
    action.do === "retire"
      ? { ...action, agree: (standing?: string) => agreeTo(context, action.name, standing) }
      : action;
  const rotations = await seeToEarlier(host, project, asked, { waitMs, progress, signal });
  const last = rotations.at(-1);
  const durationMs = Math.round(host.clock.monotonic() - startedAt);
  if (json) output.json({ schema: 1, ...rotationDocument(last, { left: [], durationMs, services: [] }) });
  else
    for (const line of rotations.length === 0 ? ["nothing to do"] : rotations.map(words)) output.line(line);
  const failure = action.do === "resume" ? failureOf(last) : undefined;
  if (failure !== undefined) throw failure;
  return EXIT.done;
}

async function agreeTo({ ask }: CliContext, name: string, standing: string | undefined): Promise<void> {
  const what = standing === undefined ? "" : `: ${standing}`;
  if (await ask.typed(`What stands on the former ${name} ends now${what}.`, name)) return;
  throw new SoloflowError("cancelled", "nothing was given up", {
    hint: "type the name when asked, or say --yes",
    exitCode: EXIT.usage,
  });
}

function words(rotation: Rotation): string {
  const { id, state, names } = rotation;
  const listed = names.map(({ name }) => name).join(", ");
  return `rotation ${id} of ${listed}: ${outcomeOf(rotation)}${state === "soak" ? ", soaks" : ""}`;
}
