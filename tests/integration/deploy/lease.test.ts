import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { processStart } from "../../../agent/host/process-life.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { takeLease, WATCHDOG } from "../../../agent/run/lease.ts";
import { projectOf } from "../../support/deploy-execution.ts";
import { recordedProgress } from "../../support/recorded-progress.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

/** A deploy that wants everything while the watchdog restarts the gateway, which never ends: how long did it wait? */
async function waited(waitMs: number): Promise<{ ms: number; lines: readonly string[] }> {
  using host = scriptedHost();
  using store = openStore(":memory:");
  const project = projectOf(host);
  mkdirSync(project.paths.state, { recursive: true });
  const own = { pid: process.pid, pidStart: processStart(process.pid) };
  store.leases.take({ services: ["gateway"], holder: WATCHDOG, ...own, at: host.clock.now() }, () => true);
  const progress = recordedProgress();
  const { signal } = new AbortController();
  const began = host.clock.monotonic();
  const wish = { services: ["*"], holder: "deploy", waitMs, progress, signal };
  const refused = await takeLease(host, project, store, wish).catch((thrown) => thrown);
  expect(refused).toMatchObject({ code: "held", exitCode: 5 });
  return { ms: host.clock.monotonic() - began, lines: progress.lines };
}

test("a restart by the watchdog is waited for a minute, and who is waited for is said once", async () => {
  const { ms, lines } = await waited(0);
  expect(ms).toBe(60_000);
  expect(lines).toEqual([expect.stringContaining("waiting: gateway: held by the watchdog")]);
});

test("with --wait 5m a restart by the watchdog is waited for so long", async () => {
  expect((await waited(300_000)).ms).toBe(300_000);
});

test("what an operation could not let go of, for its disk was full, does not hold up the rest of it", async () => {
  using host = scriptedHost();
  using store = openStore(":memory:");
  const project = projectOf(host);
  mkdirSync(project.paths.state, { recursive: true });
  const { signal } = new AbortController();
  const wish = { services: ["gateway"], holder: "deploy", waitMs: 0, progress: recordedProgress(), signal };
  await takeLease(host, project, store, wish);
  const startedAt = host.clock.monotonic();
  const again = await takeLease(host, project, store, wish);
  expect(host.clock.monotonic()).toBe(startedAt);
  again.release();
  await expect(takeLease(host, project, store, { ...wish, holder: "another" })).rejects.toMatchObject({
    code: "held",
  });
});
