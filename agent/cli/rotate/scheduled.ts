import { EXIT, type ExitCode } from "../../core/errors.ts";
import { leaveFailure } from "../../run/rotate/leave-reminders.ts";
import { takeTurn } from "../../run/rotate/take-turn.ts";
import type { CliContext } from "../context.ts";
import { whichProject } from "../which-project.ts";
import { failureOf, outcomeOf, rotationDocument } from "./result.ts";

/** `--scheduled`: what the watchdog or a timer starts. Where nobody reads what it says, people are told. */
export async function scheduled(context: CliContext): Promise<ExitCode> {
  const { host, progress, signal } = context;
  const project = await whichProject(context);
  try {
    return await turn(context, project);
  } catch (thrown) {
    // Whoever ended it knows; the next turn goes on from what is there.
    if (!signal.aborted) await leaveFailure(host, project, thrown, { progress, signal });
    throw thrown;
  }
}

async function turn(
  { host, json, output, progress, signal }: CliContext,
  project: Awaited<ReturnType<typeof whichProject>>,
): Promise<ExitCode> {
  const startedAt = host.clock.monotonic();
  const taken = await takeTurn(host, project, { progress, signal });
  const { rotation, left } = taken;
  const durationMs = Math.round(host.clock.monotonic() - startedAt);
  const services = taken.services.map(({ service, how, rollouts }) => ({ name: service, how, rollouts }));
  if (json) output.json({ schema: 1, ...rotationDocument(rotation, { left, durationMs, services }) });
  else output.line(taken.turn === undefined ? "it is not time" : outcomeOf(rotation));
  // What was interrupted and is taken back is put right.
  const failure = taken.turn === "due" ? failureOf(rotation) : undefined;
  if (failure !== undefined) throw failure;
  return EXIT.done;
}
