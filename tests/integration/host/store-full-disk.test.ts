import { expect, test } from "bun:test";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { openStore, readStore } from "../../../agent/host/store/open-store.ts";
import { smallDisk } from "../../support/full-disk.ts";
import { tempFolder } from "../../support/temp-folder.ts";

test("a state on a full disk can be read, and says why it cannot be written", async () => {
  using folder = tempFolder();
  await using disk = await smallDisk(folder.at("disk"), 4 << 20);
  const path = folder.at("disk", "state.db");
  using store = openStore(path);
  store.releases.finish(store.releases.start({ at: 1, cause: "deploy" }), { at: 2, result: "deployed" });
  store.close();

  disk.fill();
  expect(() => openStore(path)).toThrow("its disk is full");
  using reader = readStore(path);
  expect(reader.releases.current()?.id).toBe("r1");
  expect(() => reader.releases.start({ at: 3, cause: "deploy" })).toThrow();

  disk.free();
  using again = openStore(path);
  expect(again.releases.current()?.id).toBe("r1");
});

const intent = (id: number) => ({ id, service: "gateway", cause: "hang", detail: "x".repeat(2_000) });

test("the watchdog's intents can still be written on a full disk, from the room that it laid up", async () => {
  using folder = tempFolder();
  await using disk = await smallDisk(folder.at("disk"), 8 << 20);
  const path = folder.at("disk", "state.db");
  using store = openStore(path, { reserve: true });
  const reserve = folder.at("disk", "reserve");
  expect(statSync(reserve)).toMatchObject({ size: 256 * 1024 });
  expect(statSync(reserve).mode & 0o777).toBe(0o600);
  store.watch.write({ n: 0 }, { at: 0, intents: [intent(0)] });

  disk.fill();
  using other = openStore(path);
  let written = 0;
  for (; written < 2_000 && existsSync(reserve); written++) {
    store.watch.write({ n: written + 1 }, { at: 1, intents: [intent(written + 1)] });
  }
  expect(existsSync(reserve)).toBe(false);
  for (let more = 0; more < 20; more++) {
    written += 1;
    store.watch.write({ n: written }, { at: 2, intents: [intent(written)] });
  }
  expect(other.watch.read()).toEqual({ n: written });
  expect(other.watch.unfinished()).toHaveLength(written + 1);

  store.keepReserve();
  expect(existsSync(reserve)).toBe(false);
  disk.free();
  store.keepReserve();
  expect(statSync(reserve).size).toBe(256 * 1024);
});

test("a watchdog that starts on a full disk opens its state, and can write what it is about to do", async () => {
  using folder = tempFolder();
  await using disk = await smallDisk(folder.at("disk"), 8 << 20);
  const path = folder.at("disk", "state.db");
  openStore(path, { reserve: true }).close();
  disk.fill();
  expect(() => openStore(path)).toThrow("its disk is full");
  expect(existsSync(folder.at("disk", "reserve"))).toBe(true);
  using store = openStore(path, { reserve: true });
  store.watch.write({ n: 1 }, { at: 1, intents: [intent(1)] });
  expect(store.watch.unfinished()).toHaveLength(1);
});

test("with nothing laid up, or where nothing can be, a full disk is said as ever", async () => {
  using folder = tempFolder();
  await using disk = await smallDisk(folder.at("disk"), 8 << 20);
  const path = folder.at("disk", "state.db");
  using store = openStore(path, { reserve: true });
  rmSync(folder.at("disk", "reserve"));
  disk.fill();
  const fill = () => {
    for (let id = 0; id < 3_000; id++) store.watch.write({}, { at: 1, intents: [intent(id)] });
  };
  expect(fill).toThrow(expect.objectContaining({ code: "state-full" }));
  disk.free();
  // What is in its place is not ours to follow or to trust.
  writeFileSync(folder.at("disk", "reserve"), "short");
  store.keepReserve();
  expect(statSync(folder.at("disk", "reserve")).size).toBe(256 * 1024);
});
