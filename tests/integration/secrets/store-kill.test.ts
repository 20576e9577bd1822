import { expect, test } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { readStore } from "../../../agent/host/secret-store/read-store.ts";
import { writeStore } from "../../../agent/host/secret-store/write-store.ts";
import { content, placeIn, storeOf } from "../../support/secret-store.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const WRITER = join(import.meta.dir, "../../fixtures/secrets/killed-writer.ts");

async function write(...words: string[]): Promise<"killed" | "done"> {
  const child = Bun.spawn([process.execPath, WRITER, ...words], { stdio: ["ignore", "ignore", "inherit"] });
  await child.exited;
  if (child.signalCode === "SIGKILL") return "killed";
  expect(child.exitCode).toBe(0);
  return "done";
}

async function valueIn(folder: string): Promise<string | undefined> {
  return ((await readStore(placeIn(folder)))?.secrets as { A: string } | undefined)?.A;
}

/** Kills a writer at each of its calls in turn; after each the store must open with the old value or the new. */
async function killAtEveryCall(start: string, old: string | undefined): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for (const side of ["before", "after"]) {
    for (let call = 1, going = true; going; call += 1) {
      using folder = tempFolder();
      cpSync(start, folder.path, { recursive: true });
      going = (await write(folder.path, "new", side, String(call))) === "killed";
      const value = await valueIn(folder.path);
      expect([old, "new"]).toContain(value);
      found.push(value);
      await writeStore(placeIn(folder.path), await content("next"));
      expect(await valueIn(folder.path)).toBe("next");
    }
  }
  return found;
}

test("a writer killed at any call leaves the old version or the new one, and the next one goes on", async () => {
  using folder = tempFolder();
  await storeOf(folder.path, ["older", "old"]);
  const found = await killAtEveryCall(folder.path, "old");
  expect(found).toContain("old");
  expect(found.length).toBeGreaterThan(6);
}, 60_000);

test("a first writer killed at any call leaves nothing or the first version", async () => {
  using folder = tempFolder();
  const found = await killAtEveryCall(folder.path, undefined);
  expect(found).toContain(undefined);
  expect(found.length).toBeGreaterThan(6);
}, 60_000);

test("a writer killed at any moment leaves a store that opens", async () => {
  using folder = tempFolder();
  await storeOf(folder.path, ["0"]);
  for (let round = 0; round < 12; round += 1) {
    const child = Bun.spawn([process.execPath, WRITER, folder.path, String(round + 1), "after", "99"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    // From the start of the process to beyond its usual end.
    const timer = setTimeout(() => child.kill("SIGKILL"), 20 + round * 12);
    await child.exited;
    clearTimeout(timer);
    expect(Number(await valueIn(folder.path))).toBeLessThanOrEqual(round + 1);
  }
}, 60_000);
