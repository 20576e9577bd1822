import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import { localZone } from "../../host/local-zone.ts";
import type { RotationSchedule } from "../../plan/rotate/open-turn.ts";
import { scheduledTurn, type Turn } from "../../plan/rotate/schedule.ts";
import type { KnownProject } from "../known-project.ts";
import { openRotations } from "./rotation-record.ts";

export type TurnQuestion = {
  schedule: RotationSchedule | undefined;
  store: Parameters<typeof openRotations>[0];
  isStart: boolean;
};

/** Whether it is time now, by what the last deploy, the journal of rotations and the last turn say. */
export async function turnNow(
  host: Pick<Host, "files" | "clock">,
  project: KnownProject,
  { schedule, store, isStart }: TurnQuestion,
): Promise<Turn | undefined> {
  const lastAt = await lastTurn(host, project);
  const open = openRotations(store);
  return scheduledTurn(schedule, { lastAt, open, isStart }, host.clock.now(), localZone);
}

/** Written before anything is done: whatever becomes of a turn, it is taken only once. */
export async function writeTurn(host: Pick<Host, "files" | "clock">, project: KnownProject): Promise<void> {
  const record = { schema: 1, lastAt: host.clock.now() };
  await host.files.writeAtomic(file(project), `${JSON.stringify(record)}\n`);
}

/** Milliseconds since 1970; a file that cannot be read is no turn, which costs at worst a look too many. */
async function lastTurn(host: Pick<Host, "files">, project: KnownProject): Promise<number | undefined> {
  const text = await host.files.readText(file(project));
  if (text === undefined) return undefined;
  try {
    const { lastAt } = JSON.parse(text) as { lastAt?: unknown };
    return typeof lastAt === "number" ? lastAt : undefined;
  } catch {
    return undefined;
  }
}

function file({ paths }: KnownProject): string {
  return join(paths.state, "rotation-schedule.json");
}
