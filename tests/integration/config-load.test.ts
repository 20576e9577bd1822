import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { SoloflowError } from "../../agent/core/errors.ts";
import { systemFiles } from "../../agent/host/system-files.ts";
import { loadProject } from "../../agent/run/load-project.ts";
import { tempFolder } from "../support/temp-folder.ts";

const host = { files: systemFiles, env: { SOLOFLOW_STATE_DIR: "/state" }, uid: 1000 };

async function refused(file: string): Promise<SoloflowError> {
  const thrown = await loadProject(host, file).catch((error: unknown) => error);
  if (thrown instanceof SoloflowError) return thrown;
  throw new Error(`${file} was not refused`, { cause: thrown });
}

test("a missing configuration names the command that writes one", async () => {
  using folder = tempFolder();
  const error = await refused(folder.at("soloflow.toml"));
  expect(error.exitCode).toBe(2);
  expect(error.message).toBe(`there is no ${folder.at("soloflow.toml")}`);
  expect(error.hint).toContain("soloflow-agent init");
});

test("a configuration with faults is refused with all of them", async () => {
  using folder = tempFolder();
  const file = folder.at("soloflow.toml");
  await writeFile(file, "projct = 1\n[watchdog]\nfail = 0\n");
  const error = await refused(file);
  expect(error.exitCode).toBe(2);
  expect(error.message.match(/soloflow\.toml:\d+:\d+: /g)).toHaveLength(3);
});

test("paths of a project are absolute, and lie beside its configuration or in its state folder", async () => {
  using folder = tempFolder();
  const file = folder.at("soloflow.toml");
  await writeFile(file, 'project = "shop"\n');
  const project = await loadProject(host, file);
  expect(project.root).toBe(folder.path);
  expect(project.paths.state).toBe("/state/shop");
});
