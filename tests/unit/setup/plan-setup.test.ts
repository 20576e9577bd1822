import { describe, expect, test } from "bun:test";
import { planSetup } from "../../../agent/plan/setup/plan-setup.ts";
import { renderPlan } from "../../../agent/plan/setup/render-setup.ts";
import {
  aptOf,
  BOOKWORM,
  bareMachine,
  DOCKERS_OWN,
  NOBLE,
  readyMachine,
  running,
  stepsOf,
  TRIXIE,
  tool,
} from "../../support/machine.ts";

const kinds = (machine: Parameters<typeof planSetup>[0]) =>
  stepsOf(planSetup(machine)).map((step) => step.kind);

const packages = (machine: Parameters<typeof planSetup>[0]) =>
  stepsOf(planSetup(machine)).flatMap((step) =>
    step.kind === "install" ? step.packages.map((each) => each.name) : [],
  );

describe("a machine that has all", () => {
  test("needs nothing, whoever asks and wherever it came from", () => {
    expect(planSetup(readyMachine())).toEqual({ kind: "ready" });
    expect(planSetup(readyMachine({ root: false }))).toEqual({ kind: "ready" });
    expect(
      planSetup(readyMachine({ system: { id: "nixos", like: [], codename: undefined, name: "NixOS" } })),
    ).toEqual({ kind: "ready" });
  });

  test("only has its engine started when that stands still, the way the machine is run", () => {
    const engine = { state: "stopped", version: "26.1.5", containers: 3 } as const;
    expect(planSetup(readyMachine({ engine }))).toMatchObject({
      kind: "steps",
      steps: [{ kind: "start", by: "systemd" }],
      upgrade: undefined,
    });
    expect(planSetup(readyMachine({ engine, systemd: false }))).toMatchObject({
      steps: [{ kind: "start", by: "dockerd" }],
    });
  });

  test("has a set-up that was cut off finished", () => {
    const cut = readyMachine({ unfinished: ["docker.io"], apt: aptOf({ interrupted: true }) });
    expect(kinds(cut)).toEqual(["repair", "hold"]);
  });
});

describe("a bare Debian 12", () => {
  test("takes what its own release lacks from the next one, held, and says why", () => {
    expect(renderPlan(planSetup(bareMachine()))).toMatchInlineSnapshot(`
      [
        "1. install docker.io 26.1.5, docker-cli 26.1.5, docker-compose 2.26.1, docker-buildx 0.13.1 from trixie: Docker Engine, the docker command, Docker Compose and Docker Buildx are missing; Debian 12 has docker.io 20.10.24, so the packages of the next release (trixie) are taken from the same mirror",
        "2. hold docker.io, docker-cli, docker-compose, docker-buildx, containerd: they are of a later release, so no upgrade of this machine is to touch them",
        "3. start the engine through systemd: the engine has to run, now and after a reboot",
      ]
    `);
  });

  test("keeps a docker command that is recent enough", () => {
    const machine = bareMachine({
      tools: { cli: tool("28.2.2", "/usr/local/bin/docker"), compose: undefined, buildx: undefined },
    });
    expect(packages(machine)).toEqual(["docker.io", "docker-compose", "docker-buildx"]);
  });

  test("gets its certificates and the AppArmor parser along with the engine, never without it", () => {
    const apt = aptOf({ companions: ["apparmor"] });
    expect(stepsOf(planSetup(bareMachine({ apt })))[0]).toMatchObject({ companions: ["apparmor"] });
    const only = readyMachine({ apt, tools: { ...readyMachine().tools, buildx: undefined } });
    expect(stepsOf(planSetup(only))).toMatchObject([
      { kind: "install", packages: [{ name: "docker-buildx" }], companions: [] },
      { kind: "hold", packages: ["docker-buildx"] },
    ]);
  });

  test("with a C library that is too old gets commands, not packages", () => {
    expect(planSetup(bareMachine({ glibc: "2.31" }))).toMatchObject({
      kind: "manual",
      cause: expect.stringContaining("C library 2.34"),
    });
  });

  test("finishes a dpkg run that was cut off before it installs", () => {
    expect(kinds(bareMachine({ apt: aptOf({ interrupted: true }) }))).toEqual([
      "repair",
      "install",
      "hold",
      "start",
    ]);
  });
});

describe("the source of packages", () => {
  test("is Docker's own repository where that is set up", () => {
    const machine = bareMachine({ apt: aptOf({ candidates: { ...BOOKWORM, ...DOCKERS_OWN } }) });
    expect(kinds(machine)).toEqual(["install", "start"]);
    expect(packages(machine)).toEqual([
      ...["docker-ce", "containerd.io", "docker-ce-cli", "docker-compose-plugin", "docker-buildx-plugin"],
    ]);
  });

  test("is the distribution where its packages will do, and nothing is held", () => {
    const trixie = bareMachine({ apt: aptOf({ candidates: TRIXIE, next: undefined }) });
    expect(kinds(trixie)).toEqual(["install", "start"]);
    const noble = bareMachine({ apt: aptOf({ candidates: NOBLE, next: undefined }) });
    expect(packages(noble)).toEqual(["docker.io", "docker-compose-v2", "docker-buildx"]);
  });

  test("is never another maker's than that of the engine that is there", () => {
    const installed = { "docker.io": "20.10.24" };
    const old = bareMachine({
      engine: running("20.10.24"),
      apt: aptOf({ installed, candidates: { ...BOOKWORM, ...DOCKERS_OWN } }),
    });
    expect(packages(old)).toContain("docker.io");
    const gone = bareMachine({
      engine: running("24.0.7"),
      apt: aptOf({ installed: { "docker-ce": "5:24.0.7" } }),
    });
    expect(planSetup(gone)).toMatchObject({
      kind: "manual",
      cause: expect.stringContaining("Docker's packages"),
    });
  });

  test("is none for an engine that came from no package, even where only the command is missing", () => {
    const only = bareMachine({
      engine: running("28.3.0", 1),
      tools: { ...readyMachine().tools, cli: undefined },
      apt: aptOf({ candidates: NOBLE, next: undefined }),
    });
    expect(planSetup(only)).toMatchObject({ kind: "manual" });
    expect(planSetup(bareMachine({ engine: running("24.0.7") }))).toMatchObject({
      kind: "manual",
      cause: expect.stringContaining("came from no package"),
    });
  });
});

describe("an engine that is too old", () => {
  const old = (containers: number) =>
    bareMachine({
      engine: running("20.10.24+dfsg1", containers),
      tools: { cli: tool("20.10.24"), compose: undefined, buildx: undefined },
      apt: aptOf({ installed: { "docker.io": "20.10.24" } }),
    });

  test("is an upgrade to be agreed to while containers run on it, with their number", () => {
    expect(planSetup(old(2))).toMatchObject({ upgrade: { from: "20.10.24+dfsg1", containers: 2 } });
  });

  test("is none while nothing runs on it", () => {
    expect(planSetup(old(0))).toMatchObject({ kind: "steps", upgrade: undefined });
  });

  test("counts what a stopped engine keeps", () => {
    const engine = { state: "stopped", version: "20.10.24", containers: 4 } as const;
    expect(planSetup({ ...old(0), engine })).toMatchObject({ upgrade: { containers: 4 } });
  });
});

describe("what setup leaves to a person", () => {
  test("is becoming root, said before anything else", () => {
    expect(planSetup(bareMachine({ root: false }))).toMatchObject({ kind: "root" });
    expect(planSetup(readyMachine({ root: false, engine: { state: "denied" } }))).toMatchObject({
      kind: "root",
    });
  });

  test("are the commands of another system", () => {
    const alpine = bareMachine({
      system: { id: "alpine", like: [], codename: undefined, name: "Alpine Linux v3.22" },
      glibc: undefined,
      apt: undefined,
    });
    expect(renderPlan(planSetup(alpine))).toMatchInlineSnapshot(`
      [
        "Docker Engine, the docker command, Docker Compose and Docker Buildx are missing",
        "this is for you to do:",
        "  apk add docker docker-cli-compose docker-cli-buildx",
        "  rc-update add docker",
        "  service docker start",
        "  soloflow-agent setup",
      ]
    `);
    const rocky = {
      id: "rocky",
      like: ["rhel", "centos", "fedora"],
      codename: undefined,
      name: "Rocky Linux 9",
    };
    expect(planSetup(bareMachine({ system: rocky, apt: undefined }))).toMatchObject({
      kind: "manual",
      commands: expect.arrayContaining([expect.stringContaining("dnf install docker-ce")]),
    });
  });

  test("is mounting control groups", () => {
    expect(planSetup(bareMachine({ cgroups: false }))).toMatchObject({
      kind: "manual",
      commands: expect.arrayContaining([expect.stringContaining("mount -t cgroup2")]),
    });
  });

  test("is an old program that comes before what a package would bring", () => {
    const tools = {
      ...readyMachine().tools,
      compose: tool("2.10.0", "/root/.docker/cli-plugins/docker-compose"),
    };
    expect(planSetup(readyMachine({ tools, apt: aptOf() }))).toMatchObject({
      kind: "manual",
      commands: [
        "mv /root/.docker/cli-plugins/docker-compose /root/.docker/cli-plugins/docker-compose.old",
        expect.stringContaining("soloflow-agent setup"),
      ],
    });
  });
});
