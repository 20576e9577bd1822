import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Ward, ward } from "../support/patients.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

const TERM_MS = 8_000;

let project: Ward;

beforeAll(async () => {
  project = await ward(
    {
      frozen: { compose: { stop_grace_period: "60s" } },
      deaf: { env: { TERM_MS: "deaf" }, compose: { stop_grace_period: "60s" } },
      slow: { env: { TERM_MS: `${TERM_MS}` }, compose: { stop_grace_period: "40s" } },
      one: {},
      other: {},
    },
    { watchdog: 'spacing = "3s"' },
  );
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

/** Resolves with the milliseconds until the service lives anew. */
async function restarted(service: string, before: string, withinMs = 50_000): Promise<number> {
  const from = performance.now();
  await waitFor(`${service} is restarted`, async () => (await project.life(service)) !== before, withinMs);
  return performance.now() - from;
}

test("a frozen process is not waited for, whatever grace it has; the incident tells what was seen and done", async () => {
  await using watching = await startWatching(project);
  await watching.phase("frozen", "ready");
  const before = await project.life("frozen");
  await project.signal("frozen", "SIGSTOP");
  expect(await restarted("frozen", before)).toBeLessThan(20_000);
  await watching.phase("frozen", "ready");
  const [incident] = await project.incidents("frozen");
  expect(incident?.remedy).toBe("in-place");
  expect(incident?.evidence?.logs).toContain("listening");
  expect(incident?.evidence?.probe).not.toBeUndefined();
}, 90_000);

test("a first process that takes no SIGTERM is not waited for", async () => {
  await using watching = await startWatching(project);
  await watching.phase("deaf", "ready");
  const before = await project.life("deaf");
  project.be("deaf", "hang");
  expect(await restarted("deaf", before)).toBeLessThan(20_000);
  project.be("deaf", "");
  await watching.phase("deaf", "ready");
}, 90_000);

test("a process that hangs but works on over SIGTERM has its whole time", async () => {
  await using watching = await startWatching(project);
  await watching.phase("slow", "ready");
  const before = await project.life("slow");
  project.be("slow", "hang");
  await watching.phase("slow", "restarting");
  const tookMs = await restarted("slow", before);
  project.be("slow", "");
  expect(tookMs).toBeGreaterThan(TERM_MS - 1_500);
  expect(await project.logs("slow")).toContain("finished");
  await watching.phase("slow", "ready");
}, 90_000);

test("of two that hang at once both are brought back, one after the other", async () => {
  await using watching = await startWatching(project);
  await watching.phase("one", "ready");
  await watching.phase("other", "ready");
  const before = { one: await project.life("one"), other: await project.life("other") };
  await Promise.all([project.signal("one", "SIGSTOP"), project.signal("other", "SIGSTOP")]);
  // Two at once on a machine that is short of something are left until it is not.
  await Promise.all([restarted("one", before.one, 150_000), restarted("other", before.other, 150_000)]);
  await watching.phase("one", "ready");
  await watching.phase("other", "ready");
  const [one, other] = await Promise.all(
    ["one", "other"].map((name) => project.inspect(name, "{{.State.StartedAt}}")),
  );
  expect(Math.abs(Date.parse(one ?? "") - Date.parse(other ?? ""))).toBeGreaterThan(2_500);
}, 200_000);
