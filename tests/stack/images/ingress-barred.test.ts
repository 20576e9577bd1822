import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { caddyfile } from "../../../agent/plan/caddyfile.ts";
import type { Route } from "../../../agent/plan/routes.ts";
import { freePort } from "../../support/provider-container.ts";
import { stackImage } from "../../support/stack-images.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { startContainer } from "../../support/test-container.ts";
import { waitFor } from "../../support/wait-for.ts";
import { rawClient } from "../gateway/raw-client.ts";

/** Images may have to be built first, on a machine that is busy. */
setDefaultTimeout(180_000);

const BARRED = "/internal/secrets";

const folder = tempFolder();
const stack = new AsyncDisposableStack();
/** Ports of the ingress: one service without a standby, and one with. */
let ports: number[];

beforeAll(async () => {
  const app = Bun.serve({ hostname: "0.0.0.0", port: 0, fetch: () => new Response("the app") });
  stack.defer(() => app.stop(true));
  ports = [await freePort(), await freePort()];
  const upstream = `host.docker.internal:${app.port}`;
  const routes = ports.map((port, index): Route => {
    const standby = index === 0 ? undefined : { ready: "/", answerWithinMs: 5_000 };
    const paths = { service: `app-${index}`, target: port, published: [], listen: [port], paths: [] };
    return { ...paths, upstream: { blue: upstream, green: upstream }, standby, barred: BARRED };
  });
  chmodSync(folder.path, 0o755);
  for (const name of ["caddy", "active", "run"]) mkdirSync(folder.at(name));
  chmodSync(folder.at("run"), 0o777);
  writeFileSync(folder.at("caddy/Caddyfile"), caddyfile(routes, {}));
  const mounts = [`${folder.at("caddy")}:/etc/caddy:ro`, `${folder.at("active")}:/active:ro`];
  const binds = [...mounts, `${folder.at("run")}:/run/caddy`].flatMap((mount) => ["-v", mount]);
  const published = ports.flatMap((port) => ["-p", `127.0.0.1:${port}:${port}`]);
  const network = ["--add-host=host.docker.internal:host-gateway", ...published];
  stack.use(await startContainer(await stackImage("ingress"), [...network, ...binds]));
  for (const port of ports)
    await waitFor("the ingress leads to the app", async () => (await statusOf(port, "/")) === 200, 20_000);
});

afterAll(async () => {
  await stack.disposeAsync();
  folder[Symbol.dispose]();
});

/** Of a request with exactly this path: fetch would tidy it up. */
async function statusOf(port: number, path: string): Promise<number> {
  const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
  using client = rawClient(port, request);
  await waitFor("the connection is closed", client.closed, 10_000);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(client.received())?.[1]);
}

test.each([
  BARRED,
  `${BARRED}?a=b`,
  "/INTERNAL/Secrets",
  "/internal/%73ecrets",
  "//internal//secrets",
  "/internal/./secrets",
  "/other/../internal/secrets",
  "/other/%2e%2e/internal/secrets",
])("the ingress answers %s itself: there is nothing", async (path) => {
  for (const port of ports) expect(await statusOf(port, path)).toBe(404);
});

test.each(["/", "/internal", "/internal/secrets/of-mine", "/api/internal/secrets"])(
  "%s is the app's own",
  async (path) => {
    for (const port of ports) expect(await statusOf(port, path)).toBe(200);
  },
);
