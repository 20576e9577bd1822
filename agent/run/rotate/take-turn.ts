import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { readStore } from "../../host/store/open-store.ts";
import { externalReminders, leftReminders, takenBack } from "../../plan/rotate/reminders.ts";
import type { Turn } from "../../plan/rotate/schedule.ts";
import { secretStates } from "../../plan/rotate/secret-states.ts";
import type { LeftName, Rotation } from "../../plan/rotate/types.ts";
import { type ModelFile, readModel } from "../deploy/model-file.ts";
import type { KnownProject } from "../known-project.ts";
import { loadProject } from "../load-project.ts";
import type { Project } from "../project.ts";
import { currentSecrets } from "./current-secrets.ts";
import { seeToEarlier } from "./earlier-rotation.ts";
import { leaveReminders } from "./leave-reminders.ts";
import { type RotateResult, rotateSecrets } from "./rotate-secrets.ts";
import { turnNow, writeTurn } from "./turn-now.ts";

export type TurnTaken = {
  /** undefined: it is not time. */
  turn: Turn["do"] | undefined;
  /** The rotation of what was due, else the last one that was settled. */
  rotation: Rotation | undefined;
  left: readonly LeftName[];
  services: RotateResult["plan"]["services"];
};

type Options = { progress: Progress; signal: AbortSignal };

/** A deploy by hand at night takes some minutes. */
const WAIT_MS = 600_000;

/**
 * What the schedule does, where it is time: sees to rotations of before, rotates what is due, and has people told of
 * what only they can do. It goes by the soloflow.toml of the last deploy. Errors: those of a rotation, and what is
 * wrong with that file.
 */
export async function takeTurn(host: Host, known: KnownProject, options: Options): Promise<TurnTaken> {
  const model = await readModel(host, known);
  const turn = model && (await turnOf(host, known, model));
  const nothing = { rotation: undefined, left: [], services: [] };
  if (model === undefined || turn === undefined) return { turn: undefined, ...nothing };
  if (turn.do === "due") await writeTurn(host, known);
  const project = await deployedProject(host, known, model);
  // Before anything can fail: they hang on nothing else.
  if (turn.do === "due") await remind(host, project, options);
  const settled = await seeToEarlier(host, project, { do: "settle" }, { ...options, waitMs: WAIT_MS });
  await leaveReminders(host, project, takenBack(settled), options);
  if (turn.do === "due") return { turn: "due", ...(await rotateDue(host, project, turn.until, options)) };
  return { turn: "settle", ...nothing, rotation: settled.at(-1) };
}

async function turnOf(host: Host, known: KnownProject, model: ModelFile): Promise<Turn | undefined> {
  if ((await host.files.stat(known.paths.database)) === undefined) return undefined;
  using store = readStore(known.paths.database);
  return await turnNow(host, known, { schedule: model["x-soloflow"].watch.rotation, store, isStart: true });
}

async function deployedProject(host: Host, known: KnownProject, model: ModelFile): Promise<Project> {
  const { configFile } = model["x-soloflow"];
  if (configFile === undefined)
    throw unusable("it is not written down which soloflow.toml was deployed", "soloflow-agent deploy");
  const project = await loadProject(host, configFile);
  if (project.config.project === known.name) return project;
  const what = `${configFile} is of the project ${project.config.project} by now`;
  throw unusable(what, `deploy ${known.name} once from where its soloflow.toml is`);
}

function unusable(message: string, hint: string): SoloflowError {
  return new SoloflowError("config", message, { hint, exitCode: EXIT.usage });
}

async function remind(host: Host, project: Project, options: Options): Promise<void> {
  const states = secretStates((await currentSecrets({ host, project })).secrets);
  const reminders = externalReminders(project.config, states, host.clock.now());
  await leaveReminders(host, project, reminders, options);
}

async function rotateDue(
  host: Host,
  project: Project,
  until: number,
  options: Options,
): Promise<Omit<TurnTaken, "turn">> {
  const { rotation, left, plan } = await rotateSecrets(host, project, {
    ...{ wish: { which: "due", names: [], compromised: false, until }, given: {}, who: "the schedule" },
    ...{ agree: async () => {}, waitMs: WAIT_MS, ...options },
  });
  const states = secretStates((await currentSecrets({ host, project })).secrets);
  await leaveReminders(host, project, leftReminders(project.config, states, left), options);
  return { rotation, left, services: plan.services };
}
