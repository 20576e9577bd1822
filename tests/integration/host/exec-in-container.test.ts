import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { dockerEngine } from "../../../agent/host/docker-engine.ts";
import { engineSocket } from "../../../agent/host/engine/engine-address.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { waitFor } from "../../support/wait-for.ts";

// On a busy machine a process or a container may take its time to start.
setDefaultTimeout(60_000);

const engine = dockerEngine(() => engineSocket(process.env), process.geteuid?.() ?? 0);
const soon = { timeoutMs: 20_000 };
const sandbox = makeSandbox();
let id = "";

beforeAll(async () => {
  id = await sandbox.run("trap 'exit 0' TERM; while :; do sleep 1; done");
}, 60_000);
afterAll(() => sandbox[Symbol.asyncDispose]());

const shell = (script: string) => ["sh", "-c", script];

test("a command gives its exit code and both streams", async () => {
  const { code, output } = await engine.exec(id, shell("echo out; echo err >&2; exit 7"), soon);
  expect(code).toBe(7);
  expect(output.split("\n").sort()).toEqual(["", "err", "out"]);
});

test("standard input is written whole and ended, and output goes on after that", async () => {
  const stdin = "é".repeat(1_000_000);
  const { code, output } = await engine.exec(id, shell("wc -c; sleep 0.1; echo after"), { ...soon, stdin });
  expect({ code, output }).toEqual({ code: 0, output: "2000000\nafter\n" });
});

test("empty input is an end at once", async () => {
  expect(await engine.exec(id, ["cat"], { ...soon, stdin: "" })).toEqual({ code: 0, output: "" });
});

test("a command that does not read its input ends as it likes", async () => {
  const stdin = "x".repeat(4_000_000);
  expect(await engine.exec(id, shell("exec <&-; echo done; exit 5"), { ...soon, stdin })).toMatchObject({
    code: 5,
  });
});

test("only the tail of much output is kept", async () => {
  const { code, output } = await engine.exec(id, ["seq", "1", "400000"], soon);
  expect(code).toBe(0);
  expect(output.endsWith("399999\n400000\n")).toBe(true);
  expect(output.length).toBeLessThanOrEqual(256 * 1024);
});

test("a user can be chosen", async () => {
  expect(await engine.exec(id, ["id", "-u"], { ...soon, user: "65534" })).toMatchObject({
    output: "65534\n",
  });
});

test("what cannot be run says so in Docker's words", async () => {
  await using other = makeSandbox();
  const stopped = await other.run("exit 0");
  await waitFor("it has ended", async () => (await engine.container(stopped))?.state === "exited");
  const missing = await engine.exec(id, ["sft-no-program"], soon);
  expect(missing.code).toBeGreaterThanOrEqual(126);
  expect(missing.output).toContain("sft-no-program");
  expect(await engine.exec(stopped, ["true"], soon)).toEqual({
    code: 126,
    output: `container ${stopped} is not running`,
  });
  expect(await engine.exec("sft-none", ["true"], soon)).toMatchObject({ code: 126 });
});

test.each([
  ["root", 0],
  ["a user who may not signal it", 65_534],
])("after the deadline the code is 124, and for %s nothing of the command goes on", async (_, uid) => {
  const engine = dockerEngine(() => engineSocket(process.env), uid);
  const mark = `7${Math.floor(Math.random() * 1e8)}`;
  const started = performance.now();
  const script = `echo begun; sleep ${mark} & sleep ${mark}; :`;
  const { code, output, stillRuns } = await engine.exec(id, shell(script), { timeoutMs: 500 });
  expect({ code, output }).toEqual({ code: 124, output: "begun\n" });
  await waitFor("it is known to have ended", async () => (await stillRuns?.()) === false);
  expect(performance.now() - started).toBeLessThan(5_000);
  await waitFor("nothing is left of it", async () => {
    const { output } = await engine.exec(id, ["ps"], soon);
    return !output.includes(mark);
  });
});

test("twenty commands at once do not mix their outputs", async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) => engine.exec(id, ["cat"], { ...soon, stdin: `number ${index}` })),
  );
  expect(results.map((result) => result.output)).toEqual(results.map((_, index) => `number ${index}`));
});
