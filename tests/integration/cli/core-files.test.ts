import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

const MAIN = resolve(import.meta.dir, "../../../agent/main.ts");

test("the agent leaves no memory in a core file, whatever the machine's limits say", async () => {
  using folder = tempFolder();
  await Bun.write(
    folder.at("soloflow.toml"),
    'project = "sft-cores"\n[secret.KEY]\nkind = "external"\nfor = ["app"]\n',
  );
  const child = Bun.spawn([process.execPath, MAIN, "secrets", "set", "KEY"], {
    cwd: folder.path,
    env: { PATH: process.env.PATH, SOLOFLOW_STATE_DIR: folder.at("state") },
    stdio: ["pipe", "ignore", "ignore"],
  });
  try {
    // Which parts of the memory a core file holds, as bits: see core(5).
    const parts = () => Number.parseInt(readFileSync(`/proc/${child.pid}/coredump_filter`, "latin1"), 16);
    await waitFor("it waits for a value", () => parts() === 0);
  } finally {
    child.kill("SIGKILL");
  }
  expect(await child.exited).not.toBe(0);
});
