import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Machine, Made } from "../../../agent/plan/systemd/machine.ts";
import {
  agentUnit,
  BINARY,
  projectOfTimer,
  projectOfUnit,
  secretsUnit,
  timerUnit,
  tmpfilesFile,
} from "../../../agent/plan/systemd/places.ts";
import {
  type InstallStep,
  installFiles,
  type Keeper,
  madeBy,
  planInstall,
} from "../../../agent/plan/systemd/plan-install.ts";
import { planUninstall, type UninstallStep } from "../../../agent/plan/systemd/plan-uninstall.ts";

const OWN = "new";
const paths = Object.keys(installFiles("shop"));

const machines: fc.Arbitrary<Machine> = fc
  .record({
    installed: fc.constantFrom(undefined, "old", OWN),
    group: fc.boolean(),
    user: fc.boolean(),
    there: fc.array(fc.constantFrom("absent", "other", "same"), {
      minLength: paths.length,
      maxLength: paths.length,
    }),
    folders: fc.boolean(),
    enabled: fc.record({ agent: fc.boolean(), secrets: fc.boolean(), timer: fc.boolean() }),
    active: fc.record({ agent: fc.boolean(), timer: fc.boolean() }),
    others: fc.uniqueArray(fc.constantFrom("blog", "wiki")),
    ticking: fc.uniqueArray(fc.constantFrom("news")),
    pending: fc.boolean(),
    made: fc.subarray<Made>(["binary", "group", "user"]),
  })
  .map(({ there, enabled, others, ticking, pending, made, ...rest }) => ({
    ...rest,
    project: "shop",
    journal: { made, pending },
    enabled,
    projects: [...others, ...(enabled.agent ? ["shop"] : [])],
    timers: [...ticking, ...(enabled.timer ? ["shop"] : [])],
    files: Object.fromEntries(
      paths.map((path, at) => {
        const text = { absent: undefined, other: "other", same: installFiles("shop")[path] };
        return [path, text[there[at] as keyof typeof text]];
      }),
    ),
  }));

/** A machine on which nothing of ours was ever installed; a person may have put the executable there. */
const bare: Machine = {
  project: "shop",
  journal: { made: [], pending: false },
  installed: undefined,
  group: false,
  user: false,
  files: Object.fromEntries(paths.map((path) => [path, undefined])),
  folders: false,
  enabled: { agent: false, secrets: false, timer: false },
  active: { agent: false, timer: false },
  projects: [],
  timers: [],
};

const keepers = fc.constantFrom<Keeper>("agent", "timer");

/** Which of the project's units this is; those of other projects are no part of what is looked at. */
function which(unit: string): "agent" | "timer" | "secrets" | undefined {
  const units = { agent: agentUnit("shop"), timer: timerUnit("shop"), secrets: secretsUnit("shop") };
  return (["agent", "timer", "secrets"] as const).find((name) => units[name] === unit);
}

/** Enabled or not, and the link by which systemd knows. */
function switched(machine: Machine, unit: string, on: boolean): Machine {
  const name = which(unit);
  if (name === undefined) throw new Error(`${unit} is none of the project's`);
  const enabled = { ...machine.enabled, [name]: on };
  if (name === "secrets") return { ...machine, enabled };
  const list = name === "agent" ? "projects" : "timers";
  const rest = machine[list].filter((project) => project !== "shop");
  const active = on ? machine.active : { ...machine.active, [name]: false };
  return { ...machine, enabled, active, [list]: on ? [...rest, "shop"] : rest };
}

function started(machine: Machine, unit: string): Machine {
  const name = which(unit);
  if (name === undefined || name === "secrets") return machine;
  return { ...machine, active: { ...machine.active, [name]: true } };
}

function afterInstallStep(machine: Machine, step: InstallStep): Machine {
  switch (step.kind) {
    case "group":
    case "user":
      return { ...machine, [step.kind]: true };
    case "binary":
      return { ...machine, installed: OWN };
    case "file":
      return { ...machine, files: { ...machine.files, [step.path]: step.text } };
    case "folders":
      return { ...machine, folders: true };
    case "reload":
      return machine;
    case "enable":
    case "disable":
      return switched(machine, step.unit, step.kind === "enable");
    case "start":
      return started(machine, step.unit);
    default:
      return step satisfies never;
  }
}

function install(
  machine: Machine,
  keeper: Keeper = "agent",
  upTo: number = Number.POSITIVE_INFINITY,
): Machine {
  const steps = planInstall(machine, OWN, keeper);
  const made = madeBy(machine, steps);
  const done = steps
    .slice(0, upTo)
    .reduce(afterInstallStep, { ...machine, journal: { made, pending: true } });
  return upTo < steps.length ? done : { ...done, journal: { made, pending: false } };
}

function afterUninstallStep(machine: Machine, step: UninstallStep): Machine {
  switch (step.kind) {
    case "disable":
      return switched(machine, step.unit, false);
    case "remove":
      return step.path === BINARY
        ? { ...machine, installed: undefined }
        : { ...machine, files: { ...machine.files, [step.path]: undefined } };
    case "remove-user":
      return { ...machine, user: false };
    case "remove-group":
      return { ...machine, group: false };
    case "close":
      return { ...machine, folders: false };
    case "reload":
      return machine;
    default:
      return step satisfies never;
  }
}

function uninstall(machine: Machine): Machine {
  const after = planUninstall(machine).reduce(afterUninstallStep, machine);
  const last = after.projects.length + after.timers.length === 0;
  return { ...after, journal: last ? bare.journal : { ...machine.journal, pending: false } };
}

test("whatever is there, and wherever it was cut off, an install that comes to its end leaves nothing to do", () => {
  fc.assert(
    fc.property(machines, keepers, keepers, fc.nat(20), (machine, before, keeper, cut) => {
      const whole = install(install(machine, before, cut), keeper);
      expect(planInstall(whole, OWN, keeper)).toEqual([]);
      expect(whole).toMatchObject({ installed: OWN, group: true, user: true, folders: true });
      expect(whole.active).toEqual({ agent: keeper === "agent", timer: keeper === "timer" });
      expect(whole.enabled).toEqual({ ...whole.active, secrets: true });
    }),
  );
});

test("an install that was cut off starts the agent again: the one that runs may be of the former executable", () => {
  fc.assert(
    fc.property(machines, fc.nat(20), (machine, cut) => {
      const part = install(machine, "agent", cut);
      if (!part.journal.pending) return;
      expect(planInstall(part, OWN)).toContainEqual({ kind: "start", unit: agentUnit("shop") });
    }),
  );
});

test("a new executable starts the agent of every project, for they share it", () => {
  fc.assert(
    fc.property(machines, (machine) => {
      const steps = planInstall({ ...machine, installed: "old" }, OWN);
      const started = steps.flatMap((step) => (step.kind === "start" ? [step.unit] : []));
      for (const project of ["shop", ...machine.projects]) expect(started).toContain(agentUnit(project));
      const files = steps.findLastIndex(({ kind }) => kind === "file");
      expect(steps.findIndex(({ kind }) => kind === "start")).toBeGreaterThan(files);
      expect(steps.findIndex(({ kind }) => kind === "binary")).toBeLessThan(files < 0 ? steps.length : files);
    }),
  );
});

test("uninstall takes back what install made, and nothing that was there before", () => {
  for (const before of [bare, { ...bare, installed: OWN }, { ...bare, group: true, user: true }])
    for (const keeper of ["agent", "timer"] as const)
      expect(uninstall(install(before, keeper))).toEqual(before);
});

test("uninstall of one project leaves what the others need, and once more there is nothing to do", () => {
  fc.assert(
    fc.property(machines, (machine) => {
      const after = uninstall(machine);
      expect(planUninstall(after)).toEqual([]);
      expect(after.files[tmpfilesFile("shop")]).toBeUndefined();
      if (![...machine.projects, ...machine.timers].some((name) => name !== "shop")) return;
      expect(after).toMatchObject({
        installed: machine.installed,
        group: machine.group,
        user: machine.user,
      });
    }),
  );
});

test("the projects of the machine are read from the names of their units", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}$/), (project) => {
      expect(projectOfUnit(agentUnit(project))).toBe(project);
      expect(projectOfUnit(secretsUnit(project))).toBeUndefined();
      expect(projectOfTimer(timerUnit(project))).toBe(project);
      expect(projectOfTimer(agentUnit(project))).toBeUndefined();
    }),
  );
});
