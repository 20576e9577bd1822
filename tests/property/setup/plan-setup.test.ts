import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Machine } from "../../../agent/plan/setup/machine.ts";
import { installedFamily } from "../../../agent/plan/setup/packages.ts";
import { planSetup } from "../../../agent/plan/setup/plan-setup.ts";
import {
  afterSteps,
  BOOKWORM,
  bareMachine,
  DOCKERS_OWN,
  NOBLE,
  readyMachine,
  TRIXIE,
  tool,
} from "../../support/machine.ts";

const version = (...versions: string[]) => fc.constantFrom(...versions);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const path = fc.constantFrom("/usr/bin/docker", "/usr/libexec/docker/cli-plugins/x", "/usr/local/bin/docker");
const toolOf = (...versions: string[]) =>
  maybe(fc.tuple(version(...versions), path).map(([number, at]) => tool(number, at)));

const engine = fc.oneof(
  fc.constant({ state: "absent" } as const),
  fc.record({
    state: fc.constantFrom("running" as const, "stopped" as const),
    version: version("20.10.24", "24.0.7", "25.0.0", "26.1.5+dfsg1", "28.3.0"),
    containers: fc.nat(9),
  }),
);

const apt = fc.record({
  installed: fc.constantFrom({}, { "docker.io": "20.10.24" }, { "docker-ce": "5:24.0.7" }, { runc: "1.1" }),
  candidates: fc.constantFrom({}, BOOKWORM, TRIXIE, NOBLE, DOCKERS_OWN, { ...BOOKWORM, ...DOCKERS_OWN }),
  next: maybe(fc.constant({ suite: "trixie", candidates: TRIXIE })),
  interrupted: fc.boolean(),
  companions: fc.subarray(["apparmor", "ca-certificates"]),
});

const machines: fc.Arbitrary<Machine> = fc
  .record({
    root: fc.boolean(),
    glibc: maybe(version("2.31", "2.36", "2.41")),
    systemd: fc.boolean(),
    cgroups: fc.boolean(),
    engine,
    tools: fc.record({
      cli: toolOf("20.10.24", "26.1.5", "28.2.2"),
      compose: toolOf("2.10.0", "2.26.1-4", "5.0.1"),
      buildx: toolOf("0.10.4", "0.13.1+ds1"),
    }),
    apt: maybe(apt),
    unfinished: maybe(fc.subarray(["docker.io", "containerd"])),
  })
  .map((parts) => bareMachine(parts));

test("a plan made on the result of its own steps is empty", () => {
  fc.assert(
    fc.property(machines, (machine) => {
      const plan = planSetup(machine);
      if (plan.kind === "steps")
        expect(planSetup(afterSteps(machine, plan.steps))).toEqual({ kind: "ready" });
    }),
    { numRuns: 2_000 },
  );
});

test("a machine that lacks nothing and whose engine runs is left alone", () => {
  fc.assert(
    fc.property(machines, (machine) => {
      const { engine, tools } = readyMachine();
      const complete = { ...machine, engine, tools, unfinished: undefined };
      expect(planSetup(complete)).toEqual({ kind: "ready" });
    }),
  );
});

test("nothing is ever done as anybody but root", () => {
  fc.assert(
    fc.property(machines, (machine) => {
      expect(planSetup({ ...machine, root: false }).kind).not.toBe("steps");
    }),
  );
});

test("an engine with containers is replaced only as an upgrade to agree to", () => {
  fc.assert(
    fc.property(machines, (machine) => {
      const plan = planSetup(machine);
      if (plan.kind !== "steps" || !("containers" in machine.engine) || machine.engine.containers === 0)
        return;
      const names = plan.steps.flatMap((step) => (step.kind === "install" ? step.packages : []));
      const replaces = names.some(({ name }) => name === "docker.io" || name === "docker-ce");
      expect(plan.upgrade !== undefined).toBe(replaces);
    }),
    { numRuns: 2_000 },
  );
});

test("packages of one maker are never mixed with another's", () => {
  fc.assert(
    fc.property(machines, (machine) => {
      const plan = planSetup(machine);
      if (plan.kind !== "steps") return;
      const added = plan.steps.flatMap((step) => (step.kind === "install" ? step.packages : []));
      const family = installedFamily(machine.apt?.installed ?? {});
      const families = new Set(
        added.map(({ name }) =>
          /^docker-ce|plugin$|^containerd\.io$/.test(name) ? "docker" : "distribution",
        ),
      );
      if (family !== undefined) families.add(family);
      expect(families.size).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});
