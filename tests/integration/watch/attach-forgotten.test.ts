import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processStart } from "../../../agent/host/process-life.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { Watched } from "../../../agent/plan/watchdog/container-facts.ts";
import { attachForgotten } from "../../../agent/run/watch/attach-forgotten.ts";
import { projectOf } from "../../support/deploy-execution.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

const standby = (state: string, role = "standby") =>
  ({ facts: { service: "gateway", instance: "gateway-green", role, state } }) as Watched;

/** What becomes of the file that keeps a standby out of the ingress; `held`: by a deploy that lives, or one that died. */
async function attached(watched: Watched, held?: "alive" | "dead") {
  using host = scriptedHost();
  using store = openStore(":memory:");
  const project = projectOf(host);
  const known = { name: project.config.project, paths: project.paths };
  mkdirSync(project.paths.active, { recursive: true });
  const file = join(project.paths.active, "gateway.alone");
  writeFileSync(file, "");
  const at = host.clock.now();
  const pidStart = held === "dead" ? "x:1" : processStart(process.pid);
  const deploy = { services: ["*"], holder: "deploy", pid: process.pid, pidStart, at };
  if (held !== undefined) store.leases.take(deploy, () => true);
  const services = await attachForgotten(host, known, { attempt: (action) => action(store) }, [watched]);
  return { services, isAlone: existsSync(file), leases: store.leases.list(at, () => true).length };
}

test("a standby that a killed deploy has left out of the ingress is asked again", async () => {
  const back = { services: ["gateway"], isAlone: false, leases: 0 };
  expect(await attached(standby("running"))).toEqual(back);
  expect(await attached(standby("running"), "dead")).toEqual(back);
});

test("one of a deploy under way stays out, and so does one that does not run", async () => {
  const stays = { services: [], isAlone: true };
  expect(await attached(standby("running"), "alive")).toMatchObject(stays);
  expect(await attached(standby("exited"))).toMatchObject(stays);
  expect(await attached(standby("running", "serving"))).toMatchObject(stays);
});
