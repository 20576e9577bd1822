import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { docker } from "../support/sandbox.ts";
import { testProject, version, writeApp } from "../support/test-project.ts";

test("an address range that another project took meanwhile is given up for a free one", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  const other = `${project.name}-other`;
  const ranges = Array.from({ length: 20 }, () => `10.219.${Math.floor(Math.random() * 256)}.0/24`);
  const taken = await firstFree(other, ranges);
  try {
    const state = join(project.env.SOLOFLOW_STATE_DIR ?? "", project.name);
    mkdirSync(state, { recursive: true, mode: 0o700 });
    writeFileSync(join(state, "layout.json"), JSON.stringify({ subnet: taken, slots: { app: 0 } }));
    await project.must("deploy");
    expect(await version(project)).toBe("1");
    expect((await project.agent("plan")).code).toBe(0);
  } finally {
    await docker("network", "rm", other);
  }
});

/** Makes a network with the first of these ranges that nobody has. */
async function firstFree(name: string, ranges: readonly string[]): Promise<string> {
  for (const range of ranges) {
    const made = await docker("network", "create", "--subnet", range, name).catch(() => undefined);
    if (made !== undefined) return range;
  }
  throw new Error("no range of addresses is free");
}
