import { expect, test } from "bun:test";
import type { Container } from "../../../agent/core/container.ts";
import { SoloflowError } from "../../../agent/core/errors.ts";
import type { Engine } from "../../../agent/host/engine.ts";
import type { Start } from "../../../agent/plan/step.ts";
import { awaitStart } from "../../../agent/run/deploy/await-start.ts";
import { startAll } from "../../../agent/run/deploy/start-step.ts";
import { containerNamed, engineOf, executionOf, unitNamed } from "../../support/deploy-execution.ts";
import { desiredOf, stackModel } from "../../support/desired.ts";
import { ok } from "../../support/scripted-exec.ts";
import { type Script, scriptedHost } from "../../support/scripted-host.ts";

const desired = desiredOf();
const unit = unitNamed(desired, "database");
const start: Start = { service: "database", instance: "database", until: "ready", undo: { kind: "remove" } };
const awaited = (up: { done: boolean }) => ({ unit, start, up, signal: new AbortController().signal });
const good: Pick<Engine, "exec"> = { exec: async () => ({ code: 0, output: "" }) };
const silent = async (): Promise<never> => {
  throw new SoloflowError("engine", "docker gave no answer within 5 s");
};

/** A host whose containers are what `at` says for the time that has passed, milliseconds. */
function hostWith(at: (passedMs: number) => Container[], script: Script = {}) {
  const engine: Partial<Engine> = {
    ...good,
    containers: (labels) => engineOf(at(host.clock.monotonic())).containers?.(labels) ?? silent(),
  };
  const host = scriptedHost({ ...script, engine: { ...engine, ...script.engine } });
  return host;
}

test("the time to become ready begins when the container runs, however long the former one takes to stop", async () => {
  const container = containerNamed(desired, "database");
  using host = hostWith((passedMs) => (passedMs > unit.readyWithinMs * 2 ? [container] : []));
  expect((await awaitStart(host, "demo", awaited({ done: false }))).kind).toBe("ready");
});

test("a container that never comes is given up within the service's time once Compose is done", async () => {
  using host = hostWith(() => []);
  const result = await awaitStart(host, "demo", awaited({ done: true }));
  expect(result).toMatchObject({ kind: "failed", why: `not ready within ${unit.readyWithinMs / 1_000} s` });
  expect(host.clock.monotonic()).toBeLessThan(unit.readyWithinMs + 1_000);
});

test("an engine that does not answer for a moment is asked again", async () => {
  const containers = [containerNamed(desired, "database")];
  let asked = 0;
  const engine: Partial<Engine> = {
    ...good,
    containers: (labels) =>
      ++asked < 4 ? silent() : (engineOf(containers).containers?.(labels) ?? silent()),
  };
  using host = scriptedHost({ engine });
  expect((await awaitStart(host, "demo", awaited({ done: true }))).kind).toBe("ready");
});

test("an engine that stays away ends the wait with its own words", async () => {
  using host = scriptedHost({ engine: { containers: silent } });
  const result = await awaitStart(host, "demo", awaited({ done: true }));
  expect(result).toMatchObject({ kind: "failed", why: expect.stringContaining("gave no answer") });
});

test("a container is found by what it is made from, whatever its name; what was there before is not it", async () => {
  const former = containerNamed(desiredOf({ images: { database: "sha256:old" } }), "database");
  const named = containerNamed(desired, "database", "database", { name: "f3a1_demo_database_1" });
  using host = hostWith((passedMs) => (passedMs > 1_000 ? [former, named] : [former]));
  const result = await awaitStart(host, "demo", awaited({ done: true }));
  expect(result).toMatchObject({ kind: "ready", container: { name: "f3a1_demo_database_1" } });
});

test("what throws while Compose is busy is heard when Compose is done", async () => {
  using host = hostWith(() => [containerNamed(desired, "database")], {
    processes: [{ argv: ["docker", "compose"], gives: () => Bun.sleep(20).then(() => ok()) }],
  });
  const execution = executionOf(host, desired);
  execution.store.close();
  await expect(startAll(execution, [start])).rejects.toThrow();
});

test("Compose gets the grace of what it stops on top of its own time", async () => {
  const model = stackModel();
  if (model.services.database) model.services.database.stop_grace_period = "5m0s";
  const slow = desiredOf({ model });
  const limits: number[] = [];
  using host = hostWith(() => [containerNamed(slow, "database")], {
    processes: [
      {
        argv: ["docker", "compose"],
        gives: (_, { timeoutMs }) => {
          limits.push(timeoutMs);
          return ok();
        },
      },
    ],
  });
  await startAll(executionOf(host, slow), [start]);
  expect(limits).toEqual([420_000]);
});
