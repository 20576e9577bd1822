import { afterEach, beforeEach, expect, test } from "bun:test";
import { LABEL } from "../../../agent/plan/labels.ts";
import { readAudit } from "../../../agent/run/audit/audit-log.ts";
import { FILE_CHANGES, guarded } from "../../support/kill-points.ts";
import { killedAt, rotate, rotations, see } from "../../support/rotation-commands.ts";
import { type RotationWorld, rotationWorld, versionsIn } from "../../support/rotation-world.ts";

const DAY_MS = 86_400_000;

let world: RotationWorld;
beforeEach(async () => {
  world = await rotationWorld();
});
afterEach(() => world[Symbol.dispose]());

const accepted = () => versionsIn(world.given("provider", "BETTER_AUTH_SECRET")[0] ?? "").map(({ n }) => n);

/** Version number `at` of the store that is written from here on does not fit on the disk. */
function fullDiskAt(at: number): { end(): void } {
  const { files } = world.host;
  let written = 0;
  const full = (_: string, [path]: readonly unknown[], call: () => unknown) => {
    if (String(path).endsWith(".age")) written += 1;
    if (String(path).endsWith(".age") && written === at)
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    return call();
  };
  Object.assign(world.host, { files: guarded(files, FILE_CHANGES, full) });
  return { end: () => Object.assign(world.host, { files }) };
}

function setState(service: string, state: "exited" | "paused" | "running"): void {
  world.containers.forEach((container, index) => {
    if (container.labels[LABEL.service] === service) world.containers[index] = { ...container, state };
  });
}

test("a full disk when the former value is to be given up: the new one goes on issuing, and it is given up later", async () => {
  await rotate(world, ["BETTER_AUTH_SECRET"]);
  world.host.clock.advance(2 * DAY_MS);
  const disk = fullDiskAt(1);
  await expect(see(world, { do: "settle" })).rejects.toThrow("no space left");
  disk.end();
  expect(accepted()).toEqual([2, 1]);
  expect(rotations(world)).toMatchObject([{ state: "soak", cured: false }]);
  expect(await see(world, { do: "settle" })).toMatchObject([{ state: "done", result: "done" }]);
  expect(accepted()).toEqual([2]);
});

test("a full disk never has a value issue again that leaked", async () => {
  const disk = fullDiskAt(2);
  await expect(rotate(world, ["BETTER_AUTH_SECRET"], { compromised: true })).rejects.toThrow("no space left");
  disk.end();
  expect(accepted()[0]).toBe(2);
  await see(world, { do: "settle" });
  expect(accepted()).toEqual([2]);
});

for (const state of ["exited", "paused"] as const)
  test(`a service that is ${state} is left alone: the former value is given up once it runs again`, async () => {
    await rotate(world, ["BETTER_AUTH_SECRET"]);
    world.host.clock.advance(2 * DAY_MS);
    setState("provider", state);
    const before = [...world.containers];
    expect(await see(world, { do: "settle" })).toEqual([]);
    expect(world.containers).toEqual(before);
    expect(world.progress.lines.join("\n")).toContain("rotation 1 soaks on");
    setState("provider", "running");
    expect(await see(world, { do: "settle" })).toMatchObject([{ state: "done" }]);
  });

test("what an app has logged is shown, and neither kept nor told on", async () => {
  const said = "cannot connect as demo_b with Xq7pL0wZ";
  world.host.engine.logs = async () => said;
  world.refuses = (service, read) => service === "provider" && read("API_KEY_PEPPER")?.includes(",") === true;
  const { rotation } = await rotate(world, ["API_KEY_PEPPER"]);
  expect(rotation?.why).toContain("provider: not ready within");
  expect(rotation?.why).not.toContain("\n");
  expect(rotation?.why).not.toContain(said);
  expect(world.progress.lines.join("\n")).toContain(said);
});

test("the audit log has the new value from its use on, and its end later", async () => {
  const lines = () => readAudit(world.host, world.project);
  await rotate(world, ["BETTER_AUTH_SECRET", "POSTGRES_PASSWORD"]);
  const inUse = { version: 2, result: "in use", who: "a test" };
  expect(await lines()).toEqual([
    expect.objectContaining({ ...inUse, secret: "BETTER_AUTH_SECRET" }),
    expect.objectContaining({ ...inUse, secret: "POSTGRES_PASSWORD" }),
  ]);
  world.host.clock.advance(2 * DAY_MS);
  await see(world, { do: "settle" });
  expect((await lines()).slice(2).map(({ secret, result }) => [secret, result])).toEqual([
    ["BETTER_AUTH_SECRET", "done"],
    ["POSTGRES_PASSWORD", "done"],
  ]);
});

test("--abort of what is being given up already says that it goes the other way", async () => {
  await rotate(world, ["BETTER_AUTH_SECRET"]);
  world.host.clock.advance(2 * DAY_MS);
  await killedAt(world, "retire:after", () => see(world, { do: "settle" }));
  expect(await see(world, { do: "abort" })).toMatchObject([{ state: "done", cured: false }]);
  expect(world.progress.lines.join("\n")).toContain("rotation 1 cannot be taken back any more");
});
