import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { retire } from "../../../agent/run/deploy/remove-step.ts";
import { executionOf } from "../../support/deploy-execution.ts";
import { desiredOf } from "../../support/desired.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

const container = { id: "abc", name: "demo-gateway-blue-1" };

function retiring() {
  const engine = { stop: async () => {}, logs: async () => "last words\n", remove: async () => {} };
  const host = scriptedHost({ engine });
  return { host, execution: executionOf(host, desiredOf()) };
}

test("a container that goes leaves its last log lines", async () => {
  const { host, execution } = retiring();
  using _ = host;
  await retire(execution, container);
  const folder = join(execution.project.paths.state, "logs");
  const [file = ""] = readdirSync(folder);
  expect(readFileSync(join(folder, file), "utf8")).toBe("last words\n");
  expect(host.calls.map((call) => call.split(" ")[0])).toEqual([
    "engine.stop",
    "engine.logs",
    "engine.remove",
  ]);
});

test("a container goes even where its log lines cannot be kept, and that is said", async () => {
  const { host, execution } = retiring();
  using _ = host;
  mkdirSync(execution.project.paths.state, { recursive: true });
  writeFileSync(join(execution.project.paths.state, "logs"), "no folder");
  await retire(execution, container);
  expect(host.calls.at(-1)).toStartWith("engine.remove");
  expect(execution.progress.lines.join()).toContain("log lines of demo-gateway-blue-1 are not kept");
});
