import { afterEach, beforeEach, expect, mock, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { issuing } from "../../../agent/plan/secrets.ts";
import { commitSecrets } from "../../../agent/run/secrets/commit-secrets.ts";
import { previewSecrets } from "../../../agent/run/secrets/deliver-secrets.ts";
import { openSecrets } from "../../../agent/run/secrets/open-secrets.ts";
import { renderSecrets } from "../../../agent/run/secrets/render-secrets.ts";
import { killedAt, rotate, rotations, see } from "../../support/rotation-commands.ts";
import { checkAlways, makeKey } from "../../support/rotation-invariants.ts";
import { type RotationWorld, rotationWorld, versionsIn } from "../../support/rotation-world.ts";
import { receiver } from "../../support/secrets-project.ts";

const DAY_MS = 86_400_000;
const MADE = ["API_KEY_PEPPER", "BETTER_AUTH_SECRET", "DATABASE_URL", "POSTGRES_PASSWORD"];

let world: RotationWorld;
beforeEach(async () => {
  world = await rotationWorld();
});
afterEach(() => world[Symbol.dispose]());

const pepper = () => versionsIn(world.given("gateway", "API_KEY_PEPPER")[0] ?? "");
const accepted = () => pepper().map(({ n }) => n);
const role = (name: string) => world.postgres.roles.get(name)?.mayLogIn;

test("until SOAK new values issue and old ones are accepted; a day later only the new ones are", async () => {
  const key = makeKey(world);
  const { rotation } = await rotate(world, MADE);
  expect(rotation).toMatchObject({ state: "soak", result: undefined });
  expect(accepted()).toEqual([2, 1]);
  expect(world.given("gateway", "DATABASE_URL")[0]).toContain("demo_b");
  await checkAlways(world, [key]);
  expect(await see(world, { do: "settle" })).toEqual([]);
  world.host.clock.advance(2 * DAY_MS);
  world.postgres.keys = [{ n: 2, count: 1 }];
  expect(await see(world, { do: "settle" })).toMatchObject([{ state: "done", result: "done" }]);
  expect(accepted()).toEqual([2]);
  expect([role("demo_a"), role("demo_b")]).toEqual([false, true]);
});

test("a pepper that keys stand on stays accepted, the rest is given up; retired by name it goes at once", async () => {
  world.postgres.keys = [{ n: 1, count: 7 }];
  await rotate(world, MADE);
  world.host.clock.advance(2 * DAY_MS);
  expect(await see(world, { do: "settle" })).toMatchObject([{ state: "soak" }]);
  expect(accepted()).toEqual([2, 1]);
  expect(world.given("provider", "BETTER_AUTH_SECRET")[0]).not.toContain(",");
  expect(role("demo_a")).toBe(false);
  const agree = mock(async (_standing?: string) => undefined);
  const retired = await see(world, { do: "retire", name: "API_KEY_PEPPER", agree });
  expect(agree.mock.calls).toEqual([["7 API keys of version 1 not used since"]]);
  expect(retired).toMatchObject([{ state: "done" }]);
  expect(accepted()).toEqual([2]);
});

test("a second rotation goes ahead while keys hold an old pepper: all three are accepted", async () => {
  const key = makeKey(world);
  world.postgres.keys = [{ n: 1, count: 7 }];
  await rotate(world, ["API_KEY_PEPPER"]);
  await rotate(world, ["API_KEY_PEPPER"]);
  expect(accepted()).toEqual([3, 2, 1]);
  await checkAlways(world, [key]);
});

test("an app that does not get ready with both values: everything is as it was, and it says why", async () => {
  world.refuses = (service, read) => service === "provider" && read("API_KEY_PEPPER")?.includes(",") === true;
  const before = await openSecrets(world.host, world.project);
  const { rotation } = await rotate(world, MADE);
  expect(rotation).toMatchObject({ state: "aborted", result: "aborted" });
  expect(rotation?.why).toContain("provider");
  const after = await openSecrets(world.host, world.project);
  expect([after?.version, after?.secrets]).toEqual([before?.version, before?.secrets]);
  expect([role("demo_a"), role("demo_b")]).toEqual([true, false]);
  expect(pepper()).toHaveLength(1);
});

test("an app that does not get ready on the new value: the old one issues again, the new one stays accepted", async () => {
  world.refuses = (service, read) =>
    service === "provider" && read("DATABASE_URL")?.includes("demo_b") === true;
  const key = makeKey(world);
  const { rotation } = await rotate(world, MADE);
  expect(rotation).toMatchObject({ state: "soak", cured: true });
  expect(accepted()).toEqual([1, 2]);
  expect(world.given("gateway", "DATABASE_URL")[0]).toContain("demo_a");
  await checkAlways(world, [key]);
  world.host.clock.advance(2 * DAY_MS);
  world.postgres.keys = [{ n: 1, count: 1 }];
  expect(await see(world, { do: "settle" })).toMatchObject([{ state: "done", result: "cured" }]);
  expect(accepted()).toEqual([1]);
  expect([role("demo_a"), role("demo_b")]).toEqual([true, false]);
});

test("a login that is refused is never committed", async () => {
  world.host.postgres.login = async () => "refused";
  const { rotation } = await rotate(world, ["DATABASE_URL"]);
  expect(rotation).toMatchObject({ result: "aborted" });
  expect(rotation?.why).toContain("DATABASE_URL");
  expect(world.given("gateway", "DATABASE_URL")[0]).toContain("demo_a");
});

test("fingerprints that differ are never committed", async () => {
  world.host.prober.text = async () => undefined;
  const { rotation } = await rotate(world, ["API_KEY_PEPPER"]);
  expect(rotation).toMatchObject({ result: "aborted" });
  expect(rotation?.why).toContain("gateway");
});

test("Ctrl-C takes everything back up to the commit", async () => {
  const controller = new AbortController();
  world.refuses = (_, read) => {
    if (read("API_KEY_PEPPER")?.includes(",") !== true) return false;
    controller.abort();
    return true;
  };
  const { rotation } = await rotate(world, MADE, { signal: controller.signal });
  expect(rotation).toMatchObject({ result: "aborted" });
  await checkAlways(world, [makeKey(world)]);
});

test("interrupted before its commit a rotation is finished by --resume", async () => {
  const key = makeKey(world);
  expect(await killedAt(world, "expand:after", () => rotate(world, MADE))).toBe(true);
  expect(await see(world, { do: "resume" })).toMatchObject([{ state: "soak", cured: false }]);
  expect(accepted()).toEqual([2, 1]);
  await checkAlways(world, [key]);
});

test("--abort after the commit has the former values issue again", async () => {
  const key = makeKey(world);
  await rotate(world, MADE);
  expect(await see(world, { do: "abort" })).toMatchObject([{ state: "soak", cured: true }]);
  expect(accepted()).toEqual([1, 2]);
  await checkAlways(world, [key]);
});

test("what leaked is not accepted any more when the command returns, and its sessions are ended", async () => {
  world.postgres.keys = [{ n: 1, count: 7 }];
  const { rotation, plan } = await rotate(world, MADE, { compromised: true });
  expect(plan).toMatchObject({ sessions: "ended", keysThatDie: 7 });
  expect(rotation).toMatchObject({ state: "done", result: "done" });
  expect(accepted()).toEqual([2]);
  expect([role("demo_a"), role("demo_b")]).toEqual([false, true]);
});

test("nobody rotates while a service is not ready", async () => {
  world.refuses = (service) => service === "gateway";
  await expect(rotate(world, MADE)).rejects.toMatchObject({ code: "not-ready" });
  expect(rotations(world)).toEqual([]);
});

test("a probe that fails on a busy machine, and not the next time, is no reason not to rotate", async () => {
  let looks = 0;
  world.refuses = (service) => {
    if (service === "gateway") looks += 1;
    return service === "gateway" && looks <= 2;
  };
  const { rotation } = await rotate(world, ["API_KEY_PEPPER"]);
  expect(rotation?.state).toBe("soak");
});

test("each rotation is one audit line a name, however often its end was killed", async () => {
  await killedAt(world, "done:before", () => rotate(world, ["POSTGRES_PASSWORD"]));
  await killedAt(world, "done:after", () => see(world, { do: "settle" }));
  await see(world, { do: "settle" });
  const lines = readFileSync(join(world.project.paths.state, "audit.jsonl"), "utf8").trim().split("\n");
  expect(lines.filter((line) => line.includes("POSTGRES_PASSWORD"))).toHaveLength(1);
});

test("a typed value is delivered once it was taken, and the former one is gone", async () => {
  await rotate(world, ["STRIPE_SECRET_KEY"]);
  expect(world.given("provider", "STRIPE_SECRET_KEY")[0]).toContain("sk_live_typed");
  const stored = (await openSecrets(world.host, world.project))?.secrets.STRIPE_SECRET_KEY;
  expect(stored?.versions).toHaveLength(1);
  expect(stored && issuing(stored).n).toBe(2);
});

test("a vendor's former value is delivered beside the new one as long as it overlaps, and a deploy writes the same", async () => {
  using overlapping = await rotationWorld({ STRIPE_SECRET_KEY: 'overlap = "2d"' });
  const text = (name: string) => overlapping.given("provider", name)[0];
  await rotate(overlapping, ["STRIPE_SECRET_KEY"]);
  expect(text("STRIPE_SECRET_KEY")).toContain("typed");
  expect(text("STRIPE_SECRET_KEY_PREVIOUS")).toContain("before_the_rotation");
  await rotate(overlapping, ["API_KEY_PEPPER"]);
  expect(text("STRIPE_SECRET_KEY_PREVIOUS")).toContain("before_the_rotation");
  const { delivered, present } = await previewSecrets(overlapping.host, overlapping.project, [
    receiver("provider"),
  ]);
  expect([delivered.provider?.files.includes("STRIPE_SECRET_KEY_PREVIOUS"), present]).toEqual([true, true]);
  overlapping.host.clock.advance(3 * DAY_MS);
  await see(overlapping, { do: "settle" });
  expect(() => text("STRIPE_SECRET_KEY_PREVIOUS")).toThrow("no such file");
});

test("an app that accepts one value gets the new one bare, and its sessions are said to end", async () => {
  using single = await rotationWorld({ BETTER_AUTH_SECRET: "accepts = 1" });
  const [before] = single.given("provider", "BETTER_AUTH_SECRET");
  const { plan } = await rotate(single, ["BETTER_AUTH_SECRET", "API_KEY_PEPPER"]);
  const [after = ""] = single.given("provider", "BETTER_AUTH_SECRET");
  expect(plan.sessions).toBe("ended");
  expect([after === before, /[:,]/.test(after)]).toEqual([false, false]);
});

test("a value that no list can hold is not exchanged, and it says why", async () => {
  const { host, project, progress } = world;
  const secrets = (await openSecrets(host, project))?.secrets ?? {};
  const createdAt = new Date(0).toISOString();
  const versions = [{ n: 1, value: `a,comma,${"x".repeat(40)}`, createdAt }] as const;
  await commitSecrets(
    host,
    project,
    { ...secrets, BETTER_AUTH_SECRET: { kind: "generated", versions } },
    progress,
  );
  await expect(rotate(world, ["BETTER_AUTH_SECRET"])).rejects.toThrow("comma");
});

test("a power cut while apps know both values: what is written into memory again is the very same", async () => {
  await killedAt(world, "expand:after", () => rotate(world, MADE));
  const texts = () => [
    ...world.given("gateway", "API_KEY_PEPPER"),
    ...world.given("provider", "BETTER_AUTH_SECRET"),
  ];
  const before = texts();
  const { paths, config } = world.project;
  rmSync(paths.run, { recursive: true });
  expect(texts).toThrow("no such file");
  const rendered = await renderSecrets(world.host, { name: config.project, paths });
  expect(rendered.filter(({ state }) => state === "failed")).toEqual([]);
  expect(texts()).toEqual(before);
  expect(before[0]).toStartWith("1:");
});
