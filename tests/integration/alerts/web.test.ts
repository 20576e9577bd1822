import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { exec } from "../../../agent/host/exec.ts";
import { systemWeb } from "../../../agent/host/web.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { receiver } from "./receiver.ts";

const LIMITS = { timeoutMs: 2_000 };
const post = (url: string) => systemWeb({ method: "POST", url, body: "{}" }, LIMITS);

describe("a request to somewhere else", () => {
  test("has its answer by status, without its body", async () => {
    using server = receiver(204, 500);
    expect(await post(server.url)).toEqual({ answered: true, status: 204, retryAfterMs: undefined });
    expect(await post(server.url)).toMatchObject({ answered: true, status: 500 });
  });

  test("ends at its deadline when nobody answers, and when the answer never ends", async () => {
    using silent = receiver("hang");
    const started = performance.now();
    const answer = await systemWeb({ method: "GET", url: silent.url }, { timeoutMs: 200 });
    expect(answer).toEqual({ answered: false, why: "no answer within 0.2 s" });
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(endless) });
    expect(await post(`http://127.0.0.1:${server.port}/`)).toMatchObject({ status: 200 });
    expect(performance.now() - started).toBeLessThan(5_000);
    await server.stop(true);
  });

  test("says in words what went wrong, and never where to", async () => {
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: (socket) => void socket.end() },
    });
    const closing = `http://127.0.0.1:${listener.port}/s3cret`;
    expect(await post(closing)).toEqual({
      answered: false,
      why: "the connection was closed without an answer",
    });
    listener.stop(true);
    expect(await post(closing)).toEqual({ answered: false, why: "the connection is refused" });
    for (const url of ["file:///etc/passwd", "s3cret", "data:text/plain,x"])
      expect(await post(url)).toEqual({ answered: false, why: "it is no http or https URL" });
  });

  test("takes a user and a password out of the URL", async () => {
    using server = receiver();
    await post(server.url.replace("http://", "http://me:p%40ss@"));
    expect(server.received[0]?.headers.get("authorization")).toBe(`Basic ${btoa("me:p@ss")}`);
  });

  test("follows a redirect only where that is wanted", async () => {
    using target = receiver();
    using server = receiver(new Response("", { status: 302, headers: { location: target.url } }));
    expect(await post(server.url)).toMatchObject({ status: 302 });
    expect(target.received).toEqual([]);
    const request = { method: "GET", url: server.url, follow: true } as const;
    expect(await systemWeb(request, LIMITS)).toMatchObject({ status: 200 });
  });
});

describe("in a process of its own", () => {
  const web = resolve(import.meta.dir, "../../../agent/host/web.ts");
  const ask = async (url: string, env: Record<string, string>) => {
    const script = `const { systemWeb } = await import(${JSON.stringify(web)});
      console.log(JSON.stringify(await systemWeb({ method: "POST", url: ${JSON.stringify(url)}, body: "{}" }, { timeoutMs: 5000 })));`;
    const outcome = await exec({ argv: [process.execPath, "-e", script], env }, { timeoutMs: 20_000 });
    return outcome.kind === "ok" ? JSON.parse(outcome.stdout) : outcome;
  };

  test("the machine's proxy is used", async () => {
    using proxy = receiver(202);
    const env = { HTTP_PROXY: proxy.url.replace("/hook", ""), http_proxy: "", NO_PROXY: "", no_proxy: "" };
    expect(await ask("http://alerts.example/x", env)).toMatchObject({ status: 202 });
    expect(proxy.received).toHaveLength(1);
  });

  test("a certificate that nobody vouches for is refused, also where the environment would take it", async () => {
    using folder = tempFolder();
    const files = { key: folder.at("key"), cert: folder.at("cert") };
    const made = await exec(
      {
        argv: [
          ...(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] as const),
          ...["-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", files.key, "-out", files.cert],
        ],
      },
      { timeoutMs: 20_000 },
    );
    expect(made.kind).toBe("ok");
    let reached = 0;
    const server = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      tls: { key: Bun.file(files.key), cert: Bun.file(files.cert) },
      fetch: () => {
        reached += 1;
        return new Response();
      },
    });
    const answer = await ask(`https://127.0.0.1:${server.port}/`, { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(answer).toMatchObject({ answered: false, why: expect.stringContaining("SIGNED") });
    expect(reached).toBe(0);
    await server.stop(true);
  });
});
