import { expect, test } from "bun:test";
import { join } from "node:path";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

const WRITER = join(import.meta.dir, "../../fixtures/host/watch-writer.ts");

/** Kills it at some moment after its first write; the last number that it printed. */
async function writeAndKill(path: string): Promise<number> {
  const writer = Bun.spawn({ cmd: [process.execPath, WRITER, path], stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  const reading = (async () => {
    for await (const chunk of writer.stdout) printed += Buffer.from(chunk).toString();
  })();
  await waitFor("a first write", () => printed.includes("\n"), 30_000);
  await Bun.sleep(Math.random() * 40);
  writer.kill("SIGKILL");
  await reading;
  return Number(printed.slice(0, printed.lastIndexOf("\n")).split("\n").at(-1));
}

test("an agent that is killed at any moment has written all of a decision or nothing of it", async () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  for (let round = 0; round < 12; round++) {
    const last = await writeAndKill(path);
    using store = openStore(path);
    const { n } = store.watch.read() as { n: number };
    expect(n).toBeGreaterThanOrEqual(last);
    expect(n).toBeLessThanOrEqual(last + 1);
    expect(store.watch.intents(1)[0]?.id).toBe(n);
    expect(store.incidents.list(1)[0]?.id).toBe(n);
    expect(store.alerts.list(1)[0]?.body).toBe(n);
    expect(store.watch.unfinished()).toHaveLength(n);
  }
}, 120_000);
