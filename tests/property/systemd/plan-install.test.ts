import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Machine, Made } from "../../../agent/plan/systemd/machine.ts";
import {
  agentUnit,
  BINARY,
  projectOfUnit,
  secretsUnit,
  tmpfilesFile,
} from "../../../agent/plan/systemd/places.ts";
import {
  type InstallStep,
  installFiles,
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
    there: fc.array(fc.constantFrom("absent", "other", "same"), { minLength: 3, maxLength: 3 }),
    folders: fc.boolean(),
    agent: fc.boolean(),
    secrets: fc.boolean(),
    active: fc.boolean(),
    others: fc.uniqueArray(fc.constantFrom("blog", "wiki")),
    pending: fc.boolean(),
    made: fc.subarray<Made>(["binary", "group", "user"]),
  })
  .map(({ there, agent, secrets, others, pending, made, ...rest }) => ({
    ...rest,
    project: "shop",
    journal: { made, pending },
    enabled: { agent, secrets },
    projects: [...others, ...(agent ? ["shop"] : [])],
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
  enabled: { agent: false, secrets: false },
  active: false,
  projects: [],
};

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
      return step.unit === agentUnit("shop")
        ? {
            ...machine,
            enabled: { ...machine.enabled, agent: true },
            projects: [...machine.projects, "shop"],
          }
        : { ...machine, enabled: { ...machine.enabled, secrets: true } };
    case "start":
      return step.unit === agentUnit("shop") ? { ...machine, active: true } : machine;
    default:
      return step satisfies never;
  }
}

function install(machine: Machine, upTo = Number.POSITIVE_INFINITY): Machine {
  const steps = planInstall(machine, OWN);
  const made = madeBy(machine, steps);
  const done = steps
    .slice(0, upTo)
    .reduce(afterInstallStep, { ...machine, journal: { made, pending: true } });
  return upTo < steps.length ? done : { ...done, journal: { made, pending: false } };
}

function afterUninstallStep(machine: Machine, step: UninstallStep): Machine {
  switch (step.kind) {
    case "disable":
      return step.unit === agentUnit("shop")
        ? {
            ...machine,
            active: false,
            enabled: { ...machine.enabled, agent: false },
            projects: machine.projects.filter((name) => name !== "shop"),
          }
        : { ...machine, enabled: { ...machine.enabled, secrets: false } };
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
  const last = after.projects.length === 0;
  return { ...after, journal: last ? bare.journal : { ...machine.journal, pending: false } };
}

test("whatever is there, and wherever it was cut off, an install that comes to its end leaves nothing to do", () => {
  fc.assert(
    fc.property(machines, fc.nat(20), (machine, cut) => {
      const whole = install(install(machine, cut));
      expect(planInstall(whole, OWN)).toEqual([]);
      expect(whole).toMatchObject({ active: true, installed: OWN, group: true, user: true, folders: true });
    }),
  );
});

test("an install that was cut off starts the agent again: the one that runs may be of the former executable", () => {
  fc.assert(
    fc.property(machines, fc.nat(20), (machine, cut) => {
      const part = install(machine, cut);
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
    expect(uninstall(install(before))).toEqual(before);
});

test("uninstall of one project leaves what the others need, and once more there is nothing to do", () => {
  fc.assert(
    fc.property(machines, (machine) => {
      const after = uninstall(machine);
      expect(planUninstall(after)).toEqual([]);
      expect(after.files[tmpfilesFile("shop")]).toBeUndefined();
      if (!machine.projects.some((name) => name !== "shop")) return;
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
    }),
  );
});
