import { expect, test } from "bun:test";
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
