import { expect, test } from "bun:test";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { askUnix } from "../../../agent/host/unix-client.ts";
import { serveUnix } from "../../../agent/host/unix-server.ts";
import { tempFolder } from "../../support/temp-folder.ts";

test("a value is told as JSON and a text as it is, to the owner and the group only", async () => {
  using folder = tempFolder();
  const path = folder.at("run", "watch.sock");
  {
    using _ = await serveUnix(path, { "/state": async () => ({ schema: 1 }), "/metrics": () => "up 1\n" });
    expect(JSON.parse((await askUnix(path, "/state", 2_000)) ?? "")).toEqual({ schema: 1 });
    expect(await askUnix(path, "/metrics", 2_000)).toBe("up 1\n");
    expect(statSync(path).mode & 0o777).toBe(0o660);
  }
  expect(existsSync(path)).toBe(false);
  expect(await askUnix(path, "/state", 2_000)).toBeUndefined();
});

test("what cannot be told is no answer, and the next question is answered", async () => {
  using folder = tempFolder();
  const path = folder.at("watch.sock");
  using _ = await serveUnix(path, {
    "/state": () => {
      throw new Error("not now");
    },
    "/slow": () => new Promise(() => {}),
    "/metrics": () => "",
  });
  expect(await askUnix(path, "/state", 2_000)).toBeUndefined();
  expect(await askUnix(path, "/constructor", 2_000)).toBeUndefined();
  const began = performance.now();
  expect(await askUnix(path, "/slow", 100)).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(1_500);
  expect(await askUnix(path, "/metrics", 2_000)).toBe("");
  const posted = await fetch("http://localhost/metrics", { unix: path, method: "POST", keepalive: false });
  expect(posted.status).toBe(405);
});

test("a question that names no host is answered too", async () => {
  using folder = tempFolder();
  const path = folder.at("told.sock");
  using _ = await serveUnix(path, { "/text": () => "told\n" });
  const socket = connect({ path });
  socket.write("GET /text HTTP/1.0\r\n\r\n");
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toEndWith("\r\n\r\ntold\n");
});

test("the socket of a killed process is replaced, that of a living one is not", async () => {
  using folder = tempFolder();
  const path = folder.at("watch.sock");
  const script = `import { serveUnix } from ${JSON.stringify(`${import.meta.dir}/../../../agent/host/unix-server.ts`)};
    await serveUnix(${JSON.stringify(path)}, { "/who": () => "first" }); console.log("up"); setInterval(() => {}, 1e6);`;
  await using first = Bun.spawn({
    cmd: [process.execPath, "-e", script],
    ...{ stdio: ["ignore", "pipe", "inherit"], killSignal: "SIGKILL" },
  });
  await first.stdout.getReader().read();
  const second = () => serveUnix(path, { "/who": () => "second" });
  await expect(second()).rejects.toMatchObject({
    code: "socket",
    message: expect.stringContaining("another process listens there"),
  });
  expect(await askUnix(path, "/who", 2_000)).toBe("first");
  first.kill("SIGKILL");
  await first.exited;
  expect(existsSync(path)).toBe(true);
  using _ = await second();
  expect(await askUnix(path, "/who", 2_000)).toBe("second");
}, 30_000);

test("a listener that speaks no HTTP, or does not answer, is left alone", async () => {
  using folder = tempFolder();
  const path = folder.at("other.sock");
  const other = createServer(() => {});
  await new Promise<void>((listening) => other.listen(path, listening));
  await expect(serveUnix(path, {})).rejects.toMatchObject({ code: "socket" });
  expect(existsSync(path)).toBe(true);
  other.close();
});

test("what is no socket, or no place for one, is named and left alone", async () => {
  using folder = tempFolder();
  writeFileSync(folder.at("file"), "mine");
  mkdirSync(folder.at("folder"));
  for (const path of [
    folder.at("file"),
    folder.at("folder"),
    folder.at("file", "x"),
    folder.at("x".repeat(200)),
  ]) {
    await expect(serveUnix(path, {})).rejects.toMatchObject({
      ...{ code: "socket", message: expect.stringContaining(path), hint: expect.any(String) },
    });
  }
  expect(statSync(folder.at("file")).size).toBe(4);
});
