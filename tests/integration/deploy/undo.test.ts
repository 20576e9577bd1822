import { expect, test } from "bun:test";
import type { Container } from "../../../agent/core/container.ts";
import { deployedUnit } from "../../../agent/plan/deployed.ts";
import type { Start } from "../../../agent/plan/step.ts";
import type { Desired } from "../../../agent/plan/unit.ts";
import { NO_SETTINGS } from "../../../agent/plan/watchdog/settings.ts";
import type { ModelFile } from "../../../agent/run/deploy/model-file.ts";
import { undoAll } from "../../../agent/run/deploy/undo.ts";
import { containerNamed, engineOf, executionOf, unitNamed } from "../../support/deploy-execution.ts";
import { desiredOf, STACK_TOML } from "../../support/desired.ts";
import { type ScriptedHost, scriptedHost } from "../../support/scripted-host.ts";

const TOML = STACK_TOML.replace("[service.provider]", '[service.provider]\ndeploy = "replace"');
const former = desiredOf({ toml: TOML, images: { database: "sha256:old", provider: "sha256:old" } });
const next = desiredOf({ toml: TOML });
const before: ModelFile = {
  ...{ networks: former.networks, volumes: former.volumes, services: {} },
  "x-soloflow": { units: former.units.map(deployedUnit), watch: NO_SETTINGS },
};

function startOf(service: string, undo: Start["undo"], instance = service): Start {
  return { service, instance, until: undo.kind === "impossible" ? "completed" : "ready", undo };
}

const restored = (service: string) =>
  startOf(service, { kind: "restore", spec: unitNamed(former, service).hash });

/** What was started is undone; all former containers are there to be looked at. */
async function undo(host: ScriptedHost, desired: Desired, starts: readonly Start[]): Promise<string[]> {
  const at = host.clock.now();
  const done = starts.map((start) => ({ did: "start", start, at }) as const);
  const execution = executionOf(host, desired, { before, done });
  for (const { hash, service, spec } of former.units)
    execution.store.specs.put({ hash, service, json: JSON.stringify(spec) });
  return undoAll(execution);
}

function hostWith(containers: Container[], exec?: (argv: readonly string[]) => number): ScriptedHost {
  return scriptedHost({
    processes: [{ argv: ["docker", "compose"], times: "any" }],
    engine: {
      ...engineOf(containers),
      exec: async (_, argv) => ({ code: exec?.(argv) ?? 0, output: "" }),
    },
    prober: { http: async () => ({ good: true, answered: true, detail: "" }) },
  });
}

const at = { addresses: { demo_default: "10.0.0.2" } };

test("what is new goes first; what was there comes back in the order of its dependencies", async () => {
  using host = hostWith([
    containerNamed(former, "database"),
    containerNamed(former, "provider", "provider", at),
    containerNamed(next, "gateway", "gateway-green"),
  ]);
  const green = startOf("gateway", { kind: "remove" }, "gateway-green");
  expect(await undo(host, next, [restored("database"), restored("provider"), green])).toEqual([]);
  const changes = host.calls.flatMap(
    (call) => /^engine\.remove "id-([a-z-]+)-|--no-build (\w+)$/.exec(call)?.slice(1) ?? [],
  );
  expect(changes.filter(Boolean)).toEqual(["gateway-green", "database", "provider"]);
});

test("the former version is looked at with the probe that it had", async () => {
  const asked: string[] = [];
  using host = hostWith([containerNamed(former, "database")], (argv) => asked.push(argv.join(" ")) * 0);
  const toml = TOML.replace('exec = ["pg_isready"]', 'exec = ["new-probe"], within = "1s"');
  expect(await undo(host, desiredOf({ toml }), [restored("database")])).toEqual([]);
  expect(asked).toEqual(["pg_isready"]);
});

test("a former version that does not become ready either is named", async () => {
  using host = hostWith([containerNamed(former, "database")], () => 1);
  const problems = await undo(host, next, [restored("database")]);
  expect(problems).toEqual(["database: the former version is not ready either"]);
});

test("a one-shot is named when it has run, and not when Compose never came to it", async () => {
  const migrate = startOf("migrate", { kind: "impossible", why: "migrate has run and is not undone" });
  const ran = (startedAt: string | undefined) => [containerNamed(next, "migrate", "migrate", { startedAt })];
  for (const startedAt of [undefined, "2025-12-31T00:00:00Z"]) {
    using host = hostWith(ran(startedAt));
    expect(await undo(host, next, [migrate])).toEqual([]);
  }
  using host = hostWith(ran("2026-01-02T03:04:05.123456789Z"));
  expect(await undo(host, next, [migrate])).toEqual(["migrate has run and is not undone"]);
});
