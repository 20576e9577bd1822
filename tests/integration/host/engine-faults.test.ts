import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { EXIT } from "../../../agent/core/errors.ts";
import { dockerEngine } from "../../../agent/host/docker-engine.ts";
import { tempFolder } from "../../support/temp-folder.ts";

/** An engine that answers every call in the same way, on a socket of its own. */
function strangeEngine(answer: (path: string) => Response | Promise<Response>) {
  const folder = tempFolder();
  const socket = folder.at("engine.sock");
  const server = Bun.serve({ unix: socket, fetch: (request) => answer(new URL(request.url).pathname) });
  return {
    engine: dockerEngine(() => socket, 0),
    [Symbol.dispose]: () => {
      server.stop(true);
      folder[Symbol.dispose]();
    },
  };
}

test("a socket that is not there, or where nobody listens, is exit code 6 with the way to mend it", async () => {
  using folder = tempFolder();
  writeFileSync(folder.at("dead"), "");
  for (const socket of [folder.at("none"), folder.at("dead")]) {
    const engine = dockerEngine(() => socket, 0);
    for (const call of [() => engine.info(), () => engine.containers([]), () => engine.stop("x")]) {
      await expect(call()).rejects.toMatchObject({
        code: "no-docker",
        exitCode: EXIT.noDocker,
        message: expect.stringContaining(socket),
        hint: expect.stringContaining("soloflow-agent setup"),
      });
    }
  }
});

test("an engine that is too old is said so, and still tells its version", async () => {
  using old = strangeEngine((path) => {
    if (path.startsWith("/v1.")) {
      const message = "client version 1.44 is too new. Maximum supported API version is 1.41";
      return Response.json({ message }, { status: 400 });
    }
    const info = { ServerVersion: "20.10.24", DockerRootDir: "/var/lib/docker", Driver: "overlay2" };
    const rest = { NCPU: 2, MemTotal: 1, SystemTime: "2026-01-02T03:04:05Z" };
    return Response.json({ ...info, ...rest }, { headers: { "Api-Version": "1.41" } });
  });
  expect(await old.engine.info()).toMatchObject({ version: "20.10.24", apiVersion: "1.41" });
  await expect(old.engine.containers([])).rejects.toMatchObject({
    code: "engine-too-old",
    exitCode: EXIT.noDocker,
  });
});

test("a failure inside the engine comes in the engine's words", async () => {
  using broken = strangeEngine(() =>
    Response.json({ message: "driver failed programming" }, { status: 500 }),
  );
  await expect(broken.engine.start("x")).rejects.toMatchObject({
    code: "engine",
    message: "docker refused POST /containers/x/start: driver failed programming (status 500)",
  });
  await expect(broken.engine.exec("x", ["true"], { timeoutMs: 1_000 })).rejects.toMatchObject({
    code: "engine",
  });
});

test("an answer that is no JSON, or of another shape, is not taken for something", async () => {
  using proxy = strangeEngine(() => new Response("<html>proxy</html>"));
  await expect(proxy.engine.container("x")).rejects.toMatchObject({
    code: "engine",
    message: expect.stringContaining("is no JSON: <html>proxy"),
  });
  using other = strangeEngine(() => Response.json({ Id: 3 }));
  await expect(other.engine.container("x")).rejects.toMatchObject({ code: "engine" });
  using empty = strangeEngine(() => new Response(""));
  await expect(empty.engine.volumes()).rejects.toMatchObject({ code: "engine" });
});

test("an exec that the engine refuses to start is an error, not an endless wait", async () => {
  using refusing = strangeEngine((path) =>
    path.endsWith("/start")
      ? Response.json({ message: "no such exec" }, { status: 404 })
      : Response.json({ Id: "e1" }, { status: 201 }),
  );
  await expect(refusing.engine.exec("x", ["true"], { timeoutMs: 5_000 })).rejects.toMatchObject({
    code: "engine",
    message: expect.stringContaining("no such exec"),
  });
});

test("an engine that does not answer is given up after five seconds", async () => {
  using silent = strangeEngine(() => new Promise<Response>(() => {}));
  const started = performance.now();
  await expect(silent.engine.containers([])).rejects.toMatchObject({
    code: "engine",
    message: "docker did not answer GET /containers/json within 5 s",
  });
  expect(performance.now() - started).toBeLessThan(9_000);
}, 15_000);
