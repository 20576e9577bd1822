import { expect, test } from "bun:test";
import { failed, ok } from "../../support/scripted-exec.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

const soon = { timeoutMs: 1_000 };

test("a process or an engine call that the script does not expect throws", async () => {
  using host = scriptedHost();
  await expect(host.exec({ argv: ["docker", "rm", "x"] }, soon)).rejects.toThrow(
    "unexpected process: docker rm x",
  );
  expect(() => host.engine.stop("x", 3)).toThrow('unexpected call: engine.stop "x" 3');
  expect(() => host.prober.tcp("h", 1, 2)).toThrow("unexpected call: prober.tcp");
  expect(() => host.ingress.inFlight("s")).toThrow("unexpected call: ingress.inFlight");
});

test("expected processes answer in order, are used up, and missing ones are named", async () => {
  using host = scriptedHost({
    processes: [
      { argv: ["docker", "compose", /ps|ls/], gives: ok("first") },
      { argv: ["docker", "compose"], gives: failed(1, "second"), times: 2 },
      { argv: (command) => command.stdin === "SQL", gives: (command) => ok(command.argv.join()) },
      { argv: ["never"], times: "any" },
    ],
  });
  const run = (...argv: [string, ...string[]]) => host.exec({ argv }, soon);
  expect(await run("docker", "compose", "ps")).toEqual(ok("first"));
  expect(await run("docker", "compose", "ps")).toMatchObject({ kind: "failed", stderr: "second" });
  expect(() => host.verify()).toThrow("expected but never started: docker compose; ");
  expect(await host.exec({ argv: ["psql"], stdin: "SQL" }, soon)).toEqual(ok("psql"));
  await run("docker", "compose");
  host.verify();
  await expect(run("docker", "compose")).rejects.toThrow("unexpected");
  expect(host.calls.slice(0, 3)).toEqual(["docker compose ps", "docker compose ps", "psql"]);
});

test("engine calls of the script answer and are logged", async () => {
  using host = scriptedHost({ engine: { container: async () => undefined } });
  expect(await host.engine.container("x")).toBeUndefined();
  expect(host.calls).toEqual(['engine.container "x"']);
});

test("waiting moves the clock at once, and a still clock waits to be moved", async () => {
  using host = scriptedHost({ startMs: 1_000 });
  await host.clock.sleep(500);
  expect([host.clock.now(), host.clock.monotonic()]).toEqual([1_500, 500]);

  using still = scriptedHost({ startMs: 1_000, stillClock: true });
  let woken = false;
  const sleeping = still.clock.sleep(100).then(() => {
    woken = true;
  });
  still.clock.advance(99);
  await Promise.resolve();
  expect(woken).toBe(false);
  still.clock.advance(1);
  await sleeping;
  await still.clock.sleep(1_000, AbortSignal.abort());
});
