import { describe, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { SetupWorld } from "./setup-world.ts";

const changes = (world: SetupWorld) =>
  world.commands.filter(
    (line) => /^(apt-get install|apt-mark|systemctl|sh|dpkg -)/.test(line) && !line.endsWith("(on paper)"),
  );

describe("setup without consent", () => {
  test("says what it would do and why, changes nothing and exits with 2", async () => {
    using world = new SetupWorld();
    const { code, printed, error } = await world.setup();
    expect(code).toBe(2);
    expect(printed).toContain("1. install docker.io 26.1.5");
    expect(error?.hint).toContain("--yes");
    expect(changes(world)).toEqual([]);
  });

  test("gives the same as one document", async () => {
    using world = new SetupWorld();
    const { code, document, printed } = await world.setup({ json: true });
    expect(code).toBe(2);
    expect(printed).toBe("");
    expect(document).toMatchObject({
      schema: 1,
      result: "needed",
      versions: { engine: null, compose: null },
      steps: [{ kind: "install" }, { kind: "hold" }, { kind: "start" }],
    });
  });

  test("as anybody but root says who has to run it", async () => {
    using world = new SetupWorld();
    world.uid = 1000;
    const { code, printed } = await world.setup({ yes: true });
    expect(code).toBe(2);
    expect(printed).toContain("sudo soloflow-agent setup");
    expect(world.commands.filter((line) => line.startsWith("apt"))).toEqual([]);
  });
});

test("a user who may not talk to the engine is told so, and nothing is called missing for that", async () => {
  using world = new SetupWorld();
  await world.setup({ yes: true });
  world.uid = 1000;
  world.denied = true;
  const { code, printed } = await world.setup();
  expect(code).toBe(2);
  expect(printed).toContain("may not talk to the Docker engine");
  expect(printed).not.toContain("Engine missing");
});

describe("setup with consent", () => {
  test("installs, holds, starts, leaves nothing lying about, and has nothing to do the second time", async () => {
    using world = new SetupWorld();
    const { code, document } = await world.setup({ yes: true, json: true });
    expect(code).toBe(0);
    expect(document).toMatchObject({ result: "done", running: true, versions: { engine: "26.1.5" } });
    expect([...world.held].sort()).toEqual([
      "containerd",
      "docker-buildx",
      "docker-cli",
      "docker-compose",
      "docker.io",
    ]);
    expect(world.leftovers()).toEqual(["setup.lock"]);

    world.commands.length = 0;
    const again = await world.setup({ yes: true });
    expect(again).toMatchObject({ code: 0, printed: expect.stringContaining("nothing to do") });
    expect(changes(world)).toEqual([]);
    expect(world.commands.filter((line) => line.startsWith("apt"))).toEqual([]);
  });

  test("does nothing when apt would touch anything else, and says what that is", async () => {
    using world = new SetupWorld();
    world.alsoWould = "Inst libc6 [2.36] (2.41 Debian)\nRemv nginx [1.22]";
    const { code, error } = await world.setup({ yes: true });
    expect(code).toBe(1);
    expect(error?.message).toContain("change libc6 2.36, remove nginx");
    expect(changes(world)).toEqual([]);
  });

  test.each(["apt-get install", "apt-mark", "systemctl enable", "systemctl start"])(
    "cut off before %s is finished by the next one, holds included",
    async (moment) => {
      using world = new SetupWorld();
      world.before = (line) => {
        if (line.startsWith(moment)) throw new Error("killed");
      };
      await expect(world.setup({ yes: true })).rejects.toThrow("killed");
      world.before = () => {};
      expect((await world.setup({ yes: true })).code).toBe(0);
      expect(world.running).toBe("26.1.5");
      expect(world.held.has("docker.io")).toBe(true);
      expect((await world.setup()).printed).toContain("nothing to do");
    },
  );
});

describe("an engine that is too old", () => {
  const old = () => {
    const world = new SetupWorld();
    world.installed["docker.io"] = "20.10.24";
    world.running = "20.10.24";
    world.runningContainers = 3;
    return world;
  };

  test("is not replaced by --yes while containers run on it", async () => {
    using world = old();
    const { code, error } = await world.setup({ yes: true });
    expect(code).toBe(2);
    expect(error?.message).toContain("3 containers");
    expect(error?.hint).toContain("--upgrade-engine");
    expect(changes(world)).toEqual([]);
  });

  test("is replaced when a person types the word", async () => {
    using world = old();
    world.reply = true;
    expect((await world.setup()).code).toBe(0);
    expect(world.answers).toEqual([{ question: expect.stringContaining("3 containers"), word: "upgrade" }]);
    expect(world.running).toBe("26.1.5");
  });

  test("is replaced when --upgrade-engine says so", async () => {
    using world = old();
    expect((await world.setup({ yes: true, upgradeEngine: true })).code).toBe(0);
    expect(world.commands).toContain("systemctl restart docker.service");
  });

  test("with nothing running on it needs no more than --yes", async () => {
    using world = old();
    world.runningContainers = 0;
    expect((await world.setup({ yes: true })).code).toBe(0);
    expect(world.running).toBe("26.1.5");
  });
});

describe("without systemd", () => {
  const stopped = async () => {
    const world = new SetupWorld();
    await world.setup({ yes: true });
    world.running = undefined;
    rmSync(world.at("/run/systemd"), { recursive: true });
    return world;
  };

  test("the engine is started by itself, and a process number that is now another's does not stop it", async () => {
    using world = await stopped();
    world.write("/var/run/docker.pid", "77");
    world.write("/proc/77/comm", "nginx\n");
    expect((await world.setup({ yes: true })).code).toBe(0);
    expect(existsSync(world.at("/var/run/docker.pid"))).toBe(false);
    expect(world.running).toBe("26.1.5");
  });

  test("one that is starting already is waited for, not started twice", async () => {
    using world = await stopped();
    world.write("/var/run/docker.pid", "77");
    world.write("/proc/77/comm", "dockerd\n");
    world.commands.length = 0;
    const { code, error } = await world.setup({ yes: true });
    expect(code).toBe(1);
    expect(error?.message).toContain("does not answer");
    expect(changes(world)).toEqual([]);
  });
});

test("a second setup says that one is running, and exits with 5", async () => {
  using world = new SetupWorld();
  let second: Promise<{ code: number }> | undefined;
  world.before = (line) => {
    if (line.startsWith("apt-get install")) second ??= world.setup({ yes: true });
  };
  await world.setup({ yes: true });
  expect(await second).toMatchObject({ code: 5 });
});
