import { afterEach, beforeEach, expect, test } from "bun:test";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { Alert } from "../../../agent/plan/alerts/alert.ts";
import { modelFile } from "../../../agent/run/deploy/model-file.ts";
import { watchLock } from "../../../agent/run/lease.ts";
import { leaveFailure } from "../../../agent/run/rotate/leave-reminders.ts";
import { takeTurn } from "../../../agent/run/rotate/take-turn.ts";
import { openSecrets } from "../../../agent/run/secrets/open-secrets.ts";
import { killedAt, rotate, rotations } from "../../support/rotation-commands.ts";
import { type RotationWorld, rotationWorld, TOML } from "../../support/rotation-world.ts";
import { ok } from "../../support/scripted-exec.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;

let world: RotationWorld;
/** What holds off that anybody sends what is left: in these tests a watchdog would. */
let watchdog: { release(): void };

beforeEach(async () => {
  world = await rotationWorld();
  const { host, project } = world;
  const who = { pid: process.pid, command: "watch", since: "" };
  const taken = await host.lock.tryAcquire(watchLock(project.paths), who);
  if (!("release" in taken)) throw new Error("somebody else has the test's lock");
  watchdog = taken;
});

afterEach(() => {
  watchdog.release();
  world[Symbol.dispose]();
});

const known = () => ({ name: world.project.config.project, paths: world.project.paths });
const options = () => ({ progress: world.progress, signal: new AbortController().signal });
const turn = () => takeTurn(world.host, known(), options());

/** The deployed file, in which these secrets have `every`. */
async function deployed(every: Readonly<Record<string, string>>): Promise<void> {
  const { host, project } = world;
  const toml = Object.entries(every).reduce(
    (text, [name, period]) => text.replace(`[secret.${name}]`, `[secret.${name}]\nevery = "${period}"`),
    TOML,
  );
  await host.files.writeAtomic(project.configFile, toml);
  const model = JSON.parse((await host.files.readText(modelFile(project))) ?? "");
  const alerts = { command: ["mail"] };
  model["x-soloflow"].watch = { alerts, metrics: {}, rotation: { every: Object.keys(every).length > 0 } };
  await host.files.writeAtomic(modelFile(project), JSON.stringify(model));
}

function told(): Alert[] {
  using store = openStore(world.project.paths.database);
  return store.alerts.list(100).map(({ body }) => (body as { alert: Alert }).alert);
}

test("in the window what is due is rotated, and no second turn is taken that night", async () => {
  await deployed({ BETTER_AUTH_SECRET: "30d", API_KEY_PEPPER: "90d" });
  expect(await turn()).toMatchObject({ turn: "due", rotation: undefined });
  expect((await turn()).turn).toBeUndefined();
  world.host.clock.advance(30 * DAY);
  expect(await turn()).toMatchObject({
    ...{ turn: "due", left: [] },
    rotation: { state: "soak", cause: "due", who: "the schedule", names: [{ name: "BETTER_AUTH_SECRET" }] },
  });
  expect((await turn()).turn).toBeUndefined();
  expect(rotations(world)).toHaveLength(1);
});

test("what falls due before the window closes is rotated in it: a period of days does not become a day longer", async () => {
  world.host.clock.advance(HOUR / 2);
  await rotate(world, ["BETTER_AUTH_SECRET"]);
  await deployed({ BETTER_AUTH_SECRET: "30d" });
  world.host.clock.advance(30 * DAY - HOUR / 2);
  expect(await turn()).toMatchObject({ rotation: { names: [{ name: "BETTER_AUTH_SECRET", to: 3 }] } });
});

test("outside of the window nothing is rotated, but what was interrupted is seen to", async () => {
  await deployed({ BETTER_AUTH_SECRET: "1h" });
  world.host.clock.advance(6 * HOUR);
  expect((await turn()).turn).toBeUndefined();
  await killedAt(world, "expand:after", () => rotate(world, ["API_KEY_PEPPER"]));
  expect(await turn()).toMatchObject({ turn: "settle", rotation: { result: "aborted" } });
  expect(told()).toMatchObject([{ level: "healed", next: "soloflow-agent rotate-secrets API_KEY_PEPPER" }]);
  expect((await turn()).turn).toBeUndefined();
});

test("what has soaked is given up in the next window, also where no secret has every", async () => {
  await deployed({});
  await rotate(world, ["BETTER_AUTH_SECRET"]);
  world.host.clock.advance(DAY);
  expect(await turn()).toMatchObject({ turn: "due", rotation: undefined });
  expect(rotations(world)).toMatchObject([{ state: "done" }]);
  expect((await turn()).turn).toBeUndefined();
});

test("an external secret is asked for a week before its date and once it is over, each once, and never made", async () => {
  await deployed({ STRIPE_SECRET_KEY: "90d" });
  const value = async () => (await openSecrets(world.host, world.project))?.secrets.STRIPE_SECRET_KEY;
  const before = await value();
  const passing = async (days: number) => {
    world.host.clock.advance(days * DAY);
    expect((await turn()).turn).toBe("due");
    return told().length;
  };
  expect(await passing(82)).toBe(0);
  expect(await passing(1)).toBe(1);
  expect(told()[0]).toMatchObject({
    ...{ level: "needs-you", service: "the rotation of secrets" },
    cause: "STRIPE_SECRET_KEY is due on 2026-04-02: only you can get its new value",
    next: "soloflow-agent rotate-secrets STRIPE_SECRET_KEY",
  });
  expect(await passing(3)).toBe(1);
  expect(await passing(5)).toBe(2);
  expect(told()[0]?.cause).toContain("was due on");
  expect(await passing(1)).toBe(2);
  expect(await value()).toEqual(before);
});

test("a secret that is due and cannot be rotated is told of once", async () => {
  await deployed({ API_KEY_PEPPER: "30d" });
  const { host, project } = world;
  const text = (await host.files.readText(project.configFile)) ?? "";
  const one = text.replace("[secret.API_KEY_PEPPER]", "[secret.API_KEY_PEPPER]\naccepts = 1");
  await host.files.writeAtomic(project.configFile, one);
  for (const days of [30, 1]) {
    host.clock.advance(days * DAY);
    expect((await turn()).left).toMatchObject([{ name: "API_KEY_PEPPER" }]);
  }
  expect(told()).toHaveLength(1);
  expect(told()[0]?.cause).toContain(
    "API_KEY_PEPPER is due and stays as it is, because it is accepted in one",
  );
});

test("a turn that fails is taken, and a person is told once what the next command is", async () => {
  await deployed({ BETTER_AUTH_SECRET: "30d" });
  await world.host.files.remove(world.project.configFile);
  const thrown = await turn().catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: "config" });
  for (const _ of [1, 2]) await leaveFailure(world.host, known(), thrown, options());
  expect(told()).toHaveLength(1);
  expect(told()[0]).toMatchObject({ level: "needs-you", code: "the-scheduled-rotation-failed" });
  expect(told()[0]?.cause).toContain("there is no ");
  expect(told()[0]?.next).toContain("soloflow-agent");
  expect((await turn()).turn).toBeUndefined();
});

test("the soloflow.toml of another project is never used for this one", async () => {
  await deployed({ BETTER_AUTH_SECRET: "30d" });
  const { host, project } = world;
  const text = (await host.files.readText(project.configFile)) ?? "";
  await host.files.writeAtomic(project.configFile, text.replace('project = "demo"', 'project = "other"'));
  await expect(turn()).rejects.toMatchObject({ code: "config" });
});

test("a model that an older agent wrote names no soloflow.toml: a deploy is asked for", async () => {
  await deployed({ BETTER_AUTH_SECRET: "30d" });
  const model = JSON.parse((await world.host.files.readText(modelFile(world.project))) ?? "");
  delete model["x-soloflow"].configFile;
  await world.host.files.writeAtomic(modelFile(world.project), JSON.stringify(model));
  await expect(turn()).rejects.toMatchObject({ code: "config", hint: "soloflow-agent deploy" });
});

test("a rotation leaves the schedule and the file of the deploy as they were", async () => {
  await deployed({ BETTER_AUTH_SECRET: "30d" });
  const written = async () =>
    JSON.parse((await world.host.files.readText(modelFile(world.project))) ?? "")["x-soloflow"];
  const { watch, configFile } = await written();
  world.host.clock.advance(30 * DAY);
  const elsewhere = { ...world.project, configFile: "/somewhere/else.toml" };
  await rotate({ ...world, project: elsewhere }, ["API_KEY_PEPPER"]);
  expect(await written()).toMatchObject({ watch, configFile });
  expect(configFile).toBe(world.project.configFile);
});

test("where nobody watches, the turn itself sends what it has to tell", async () => {
  await deployed({ STRIPE_SECRET_KEY: "90d" });
  const { host } = world;
  const sent: string[] = [];
  const { exec } = host;
  Object.assign(host, {
    exec: async (...[command, limits]: Parameters<typeof exec>) => {
      if (command.argv.at(-1) !== "mail") return exec(command, limits);
      sent.push(String(command.stdin));
      return ok();
    },
  });
  host.clock.advance(85 * DAY);
  await turn();
  expect(sent).toEqual([]);
  watchdog.release();
  watchdog = { release: () => {} };
  host.clock.advance(6 * DAY);
  await turn();
  expect(sent).toHaveLength(2);
  expect(sent.join()).toContain("soloflow-agent rotate-secrets STRIPE_SECRET_KEY");
});
