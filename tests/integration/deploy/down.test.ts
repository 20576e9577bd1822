import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "../../../agent/core/container.ts";
import { writeModel } from "../../../agent/run/deploy/model-file.ts";
import { down } from "../../../agent/run/down.ts";
import { deliveredRoot } from "../../../agent/run/secrets/delivered-root.ts";
import { containerNamed, engineOf, projectOf } from "../../support/deploy-execution.ts";
import { desiredOf } from "../../support/desired.ts";
import { recordedProgress } from "../../support/recorded-progress.ts";
import { scriptedHost } from "../../support/scripted-host.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const desired = desiredOf();

test("down takes the decrypted secrets along, save those of a container that stays", async () => {
  using memory = tempFolder("/dev/shm");
  const containers: Container[] = [];
  using host = scriptedHost({
    processes: [{ argv: ["docker", "compose"] }],
    engine: engineOf(containers),
    env: { SOLOFLOW_RUN_DIR: memory.path },
    uid: process.getuid?.() ?? 0,
  });
  const project = projectOf(host);
  mkdirSync(project.paths.state, { recursive: true });
  await writeModel(host, project, { desired, before: undefined, chosen: ["gateway"], containers });
  const root = await deliveredRoot(host, project);
  const folders = ["gateway", "database"].map((service) => join(root, service, "abc"));
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "PEPPER"), "hidden");
  }
  const mount = { type: "bind", source: folders[1] ?? "", name: undefined, target: "/run/secrets" };
  containers.push(
    containerNamed(desired, "database", "database", { mounts: [{ ...mount, readOnly: true }] }),
  );
  const progress = recordedProgress();
  const options = { volumes: false, waitMs: 0, progress, signal: new AbortController().signal };
  await down(host, { name: "demo", paths: project.paths }, options);
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, true]);
});
