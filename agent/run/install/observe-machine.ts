import { join } from "node:path";
import type { Machine } from "../../plan/systemd/machine.ts";
import {
  agentUnit,
  BINARY,
  GROUP,
  projectOfTimer,
  projectOfUnit,
  RUN_ROOT,
  secretsUnit,
  TIMERS_FOLDER,
  timerUnit,
  USER,
  WANTS_FOLDER,
} from "../../plan/systemd/places.ts";
import { installFiles } from "../../plan/systemd/plan-install.ts";
import { readJournal } from "./journal.ts";
import type { SystemdHost } from "./systemd-host.ts";

/** Looks at what an earlier install, or a person, has put there. Changes nothing. */
export async function observeMachine(systemd: SystemdHost, project: string): Promise<Machine> {
  const { files } = systemd.host;
  const paths = Object.keys(installFiles(project));
  const texts = paths.map(async (path) => [path, await files.readText(path)] as const);
  const names = (await files.list(WANTS_FOLDER)) ?? [];
  const timers = (await files.list(TIMERS_FOLDER)) ?? [];
  return {
    project,
    journal: await readJournal(systemd.host),
    installed: await files.sha256(BINARY),
    group: (await systemd.try(["getent", "group", GROUP])).kind === "ok",
    user: (await systemd.try(["getent", "passwd", USER])).kind === "ok",
    files: Object.fromEntries(await Promise.all(texts)),
    folders: await foldersAreThere(systemd, project),
    enabled: {
      agent: await is(systemd, "is-enabled", agentUnit(project)),
      secrets: await is(systemd, "is-enabled", secretsUnit(project)),
      timer: await is(systemd, "is-enabled", timerUnit(project)),
    },
    active: {
      agent: await is(systemd, "is-active", agentUnit(project)),
      timer: await is(systemd, "is-active", timerUnit(project)),
    },
    projects: names.map(projectOfUnit).filter((name) => name !== undefined),
    timers: timers.map(projectOfTimer).filter((name) => name !== undefined),
  };
}

async function is(systemd: SystemdHost, question: string, unit: string): Promise<boolean> {
  return (await systemd.try(["systemctl", "--quiet", question, unit])).kind === "ok";
}

async function foldersAreThere({ host }: SystemdHost, project: string): Promise<boolean> {
  const run = await host.files.stat(join(RUN_ROOT, project));
  const parent = await host.files.stat(RUN_ROOT);
  return run?.mode === 0o2750 && parent?.mode === 0o755;
}
