import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "../../../agent/core/container.ts";
import { EXIT } from "../../../agent/core/errors.ts";
import type { Start, Step } from "../../../agent/plan/step.ts";
import { execute } from "../../../agent/run/deploy/execute.ts";
import type { Execution } from "../../../agent/run/deploy/execution.ts";
import { executionOf } from "../../support/deploy-execution.ts";
import { containerOf, desiredOf } from "../../support/desired.ts";
import { failed } from "../../support/scripted-exec.ts";
import { type Script, scriptedHost } from "../../support/scripted-host.ts";

const [blue, green] = desiredOf().units.flatMap((unit) =>
  unit.service === "gateway" ? unit.instances.map((instance) => containerOf(unit, instance)) : [],
);
if (blue === undefined || green === undefined) throw new Error("no gateway");

const cause = "of the test";
const HAND_OVER: readonly Step[] = [
  { do: "stop", service: "gateway", container: { id: "old", name: "demo-gateway-1" }, cause },
  { do: "flip", service: "gateway", to: "green", cause },
  { do: "remove", service: "gateway", container: { id: "old", name: "demo-gateway-1" }, cause },
];

test("who gave up its ports runs again when what comes after fails, and is not removed", async () => {
  using run = underWay({
    engine: { stop: async () => run.cancel(), container: async () => blue, start: async () => undefined },
  });
  const failure = await execute(run.execution, HAND_OVER).catch((thrown) => thrown);
  expect(failure.exitCode).toBe(EXIT.restored);
  expect(run.host.calls).toEqual(['engine.stop "old"', 'engine.container "old"', 'engine.start "old"']);
});

/** A deploy of the stack under way on a scripted host; `cancel` is Ctrl-C. */
function underWay(script: Script) {
  const host = scriptedHost(script);
  const controller = new AbortController();
  return {
    execution: executionOf(host, desiredOf(), { signal: controller.signal }),
    host,
    cancel: () => controller.abort(),
    [Symbol.dispose]: () => host[Symbol.dispose](),
  };
}

const flipTo = async (found: Container[], good: boolean) => {
  const started: Step[] = [{ do: "flip", service: "gateway", to: "green", cause }];
  using run = underWay({
    engine: { containers: async () => found, remove: async () => undefined, logs: async () => "" },
    prober: { http: async () => ({ good, answered: true, detail: "status 503" }) },
  });
  run.execution.done.push({
    did: "start",
    at: 0,
    start: { service: "gateway", instance: "gateway-green", until: "ready", undo: { kind: "nothing" } },
  });
  const failure = await execute(run.execution, started).catch((thrown) => thrown);
  const flag = join(run.execution.project.paths.active, "gateway.green");
  return { failure, flipped: existsSync(flag) };
};

test("a colour that died, or is ready no more, while others started never gets a request", async () => {
  const reachable = { ...green, addresses: { demo_default: "10.0.0.9" } };
  const dead = await flipTo([{ ...green, state: "exited" }], true);
  expect([dead.flipped, dead.failure.exitCode]).toEqual([false, EXIT.restored]);
  expect(dead.failure.message).toContain("gateway-green was ready and is exited");
  const unwell = await flipTo([reachable], false);
  expect([unwell.flipped, unwell.failure.message]).toEqual([false, expect.stringContaining("status 503")]);
  expect(await flipTo([reachable], true)).toEqual({ failure: undefined, flipped: true });
});

const DETACH: Step = { do: "detach", service: "gateway", standby: "green", limitMs: 0, cause };
const inFlight = async () => new Map<string, number>();
const COMPOSE_FAILS = [{ argv: ["docker", "compose"], gives: failed(1, "no space left on device") }] as const;
const start: Start = {
  ...{ service: "gateway", instance: "gateway-blue", until: "ready", undo: { kind: "nothing" } },
};

const isAlone = ({ project }: Execution) => existsSync(join(project.paths.active, "gateway.alone"));

test("a standby that cannot start after the flip is warned of, fails nobody, and is not asked", async () => {
  using run = underWay({
    engine: { containers: async () => [] },
    ingress: { inFlight },
    processes: COMPOSE_FAILS,
  });
  const steps: Step[] = [DETACH, { do: "flip", service: "gateway", to: "green", cause }];
  await execute(run.execution, [...steps, { do: "standby", start, cause }]);
  expect(isAlone(run.execution)).toBe(true);
  expect(existsSync(join(run.execution.project.paths.active, "gateway.green"))).toBe(true);
});

test("a standby that was taken from the ingress is asked again when the deploy is put back", async () => {
  using run = underWay({
    engine: { containers: async () => [] },
    ingress: { inFlight },
    processes: COMPOSE_FAILS,
  });
  const steps: Step[] = [DETACH, { do: "start", starts: [start] }];
  const failure = await execute(run.execution, steps).catch((thrown) => thrown);
  expect(failure.exitCode).toBe(EXIT.restored);
  expect(run.execution.done).toContainEqual({ did: "detach", service: "gateway" });
  expect(isAlone(run.execution)).toBe(false);
});
