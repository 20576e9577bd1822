import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { stackImage } from "../../support/stack-images.ts";
import {
  docker,
  inspectContainer,
  startContainer,
  type TestContainer,
  testNetwork,
} from "../../support/test-container.ts";
import { waitFor } from "../../support/wait-for.ts";
import { startDatabase, whenReady } from "./database.ts";

/** Images may have to be built first, on a machine that is busy. */
setDefaultTimeout(180_000);

const stack = new AsyncDisposableStack();
let adminer: TestContainer;
let address: string;

beforeAll(async () => {
  const network = stack.use(await testNetwork()).name;
  const join = ["--network", network];
  const password = ["-e", "POSTGRES_PASSWORD=open-sesame", "-e", "POSTGRES_DB=shop"];
  const database = stack.use(await startDatabase(...join, "--network-alias", "database", ...password));
  adminer = stack.use(await startContainer(await stackImage("adminer"), [...join, "--tmpfs=/tmp"]));
  address = `http://${await adminer.address()}`;
  await whenReady(database);
  await waitFor("adminer answers", async () => (await fetch(`${address}/health`).catch(() => undefined))?.ok);
});

afterAll(() => stack.disposeAsync());

test("runs as uid 10003 with no capability", async () => {
  const status = await adminer.exec("cat", "/proc/1/status");
  const text = status.kind === "ok" ? status.stdout : "";
  expect(text).toMatch(/^Uid:\s+10003\s+10003\s+10003\s+10003$/m);
  expect(text).toMatch(/^CapEff:\s+0+$/m);
});

test("the first page is a log-in to the stack's own database", async () => {
  const page = await (await fetch(address)).text();
  expect(page).toMatch(/<option value="pgsql" selected>/);
  expect(page).toMatch(/name="auth\[server\]" value="database"/);
});

test("the superuser's password opens the database, another does not", async () => {
  const logIn = async (password: string) => {
    const auth = { driver: "pgsql", server: "database", username: "postgres", password, db: "shop" };
    const body = new URLSearchParams(
      Object.entries(auth).map(([key, value]): [string, string] => [`auth[${key}]`, value]),
    );
    const answer = await fetch(`${address}/?pgsql=database`, { method: "POST", body, redirect: "manual" });
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const next = new URL(answer.headers.get("location") ?? "", `${address}/`);
    return (await fetch(next, { headers: { cookie } })).text();
  };
  expect(await logIn("open-sesame")).toContain("Create table");
  expect(await logIn("guess")).toContain("<title>Login");
});

test("the health check of the stack passes inside, and a stop takes no time", async () => {
  const check = ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1/health"];
  expect(await adminer.exec(...check)).toMatchObject({ kind: "ok" });
  expect(await (await fetch(`${address}/health`)).text()).toBe("ok\n");
  const started = performance.now();
  await docker("stop", adminer.name);
  expect(performance.now() - started).toBeLessThan(5000);
  expect(await inspectContainer(adminer.name, "{{.State.ExitCode}}")).toBe("0");
});
