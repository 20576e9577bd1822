import { formatDuration } from "../../core/duration.ts";
import { EXIT, type ExitCode, SoloflowError } from "../../core/errors.ts";
import { renderRotation } from "../../plan/rotate/render.ts";
import type { Rotation, RotationPlan } from "../../plan/rotate/types.ts";
import { loadProject } from "../../run/load-project.ts";
import { rotateSecrets } from "../../run/rotate/rotate-secrets.ts";
import type { CliContext } from "../context.ts";
import { whoAsks } from "../who-asks.ts";
import type { Wish } from "./action.ts";
import { afterwards } from "./afterwards.ts";
import { givenValues } from "./given-values.ts";
import { failureOf, rotationDocument } from "./result.ts";

/** Rotates up to SOAK; exit 3 where it was taken back. */
export async function rotate(context: CliContext, wish: Wish): Promise<ExitCode> {
  const { host, configFile, json, output, progress, signal, waitMs } = context;
  const project = await loadProject(host, configFile);
  const given = await givenValues(context, project, wish, process.stdin.isTTY === true);
  const result = await rotateSecrets(host, project, {
    ...{ wish, given, waitMs, progress, signal },
    who: whoAsks(host),
    agree: (plan) => agreeTo(context, plan),
  });
  const { rotation, plan, left, durationMs } = result;
  const services = plan.services.map(({ service, how, rollouts }) => ({ name: service, how, rollouts }));
  if (json) output.json({ schema: 1, ...rotationDocument(rotation, { left, durationMs, services }) });
  const failure = failureOf(rotation);
  if (failure !== undefined) throw failure;
  if (!json && rotation === undefined) output.line(renderRotation(plan));
  if (!json && rotation !== undefined) print(context, rotation, result.durationMs);
  return EXIT.done;
}

/** Only what cannot be had back is asked about: keys of customers that nobody accepts any more. */
async function agreeTo({ ask, json, output }: CliContext, plan: RotationPlan): Promise<void> {
  if (!json && plan.names.length > 0) output.note(renderRotation(plan));
  if (plan.keysThatDie === 0 || plan.names.length === 0) return;
  const count = plan.keysThatDie ?? "nobody knows how many";
  if (await ask.typed(`API keys that will be refused: ${count}.`, "refuse")) return;
  throw new SoloflowError("cancelled", "nothing was rotated", {
    hint: "type the word when asked, or say --yes",
    exitCode: EXIT.usage,
  });
}

function print({ output }: CliContext, rotation: Rotation, durationMs: number): void {
  const names = rotation.names.map(({ name }) => name).join(", ");
  output.line(`${output.inLine.good("rotated")} ${names} in ${formatDuration(durationMs)}`);
  if (rotation.state === "soak" && rotation.soakUntil !== undefined)
    output.line(`the former values are accepted until ${new Date(rotation.soakUntil).toISOString()}`);
  for (const line of afterwards(rotation)) output.line(line);
}
