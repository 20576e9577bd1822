import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { askUnix } from "../../../agent/host/unix-client.ts";
import { serveUnix } from "../../../agent/host/unix-server.ts";
import { operatorSocket, resumePath, watchSocket } from "../../../agent/run/watch/telling.ts";
import { tempFolder } from "../../support/temp-folder.ts";

test("an operator's word has a socket of its own, which only the watchdog's user can reach", async () => {
  using folder = tempFolder();
  const paths = { run: folder.path };
  expect(operatorSocket(paths)).not.toBe(watchSocket(paths));
  using _heard = await serveUnix(operatorSocket(paths), { [resumePath(undefined)]: () => "heard" }, 0o600);
  expect(statSync(operatorSocket(paths)).mode & 0o777).toBe(0o600);
  expect(await askUnix(operatorSocket(paths), resumePath(undefined), 1_000)).toBe("heard");
  using _told = await serveUnix(watchSocket(paths), {});
  expect(statSync(watchSocket(paths)).mode & 0o777).toBe(0o660);
});
