import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import type { Outcome } from "../../../agent/core/command.ts";
import { exec } from "../../../agent/host/exec.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

// On a busy machine a process or a container may take its time to start.
setDefaultTimeout(60_000);

const soon = { timeoutMs: 10_000 };
const shell = (script: string) => ["sh", "-c", script] as const;

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("a process that ends well gives both its outputs", async () => {
  expect(await exec({ argv: shell("echo out; echo err >&2") }, soon)).toEqual({
    kind: "ok",
    stdout: "out\n",
    stderr: "err\n",
  });
});

test("a non-zero exit is a value", async () => {
  expect(await exec({ argv: shell("echo no >&2; exit 3") }, soon)).toMatchObject({
    kind: "failed",
    code: 3,
    stderr: "no\n",
  });
});

test("a program that is not there, or is no program, is said so", async () => {
  expect(await exec({ argv: ["sft-no-such-program"] }, soon)).toEqual({
    kind: "missing",
    program: "sft-no-such-program",
  });
  using folder = tempFolder();
  writeFileSync(folder.at("plain"), "x");
  expect(await exec({ argv: [folder.at("plain")] }, soon)).toMatchObject({ kind: "failed", code: 126 });
});

test("a missing working folder is not taken for a missing program", async () => {
  await expect(exec({ argv: ["true"], cwd: "/sft-nowhere" }, soon)).rejects.toMatchObject({
    code: "no-folder",
  });
});

test("arguments reach the child untouched by any shell", async () => {
  const argument = `a b"'$(id)\\\n*`;
  expect(await exec({ argv: ["printf", "%s", argument] }, soon)).toMatchObject({ stdout: argument });
});

test("standard input is written whole and closed, as text or as bytes", async () => {
  const text = "é".repeat(300_000);
  for (const stdin of [text, Buffer.from(text)]) {
    const counted = await exec({ argv: ["wc", "-c"], stdin }, soon);
    expect(counted).toMatchObject({ kind: "ok", stdout: "600000\n" });
  }
});

test("a child that closes or ignores its input ends as it likes", async () => {
  const stdin = Buffer.alloc(4_000_000, 65);
  for (const script of ["exec <&-; echo done", "echo done"]) {
    expect(await exec({ argv: shell(script), stdin }, soon)).toMatchObject({ kind: "ok", stdout: "done\n" });
  }
});

test("without input the child reads an end, not the agent's terminal", async () => {
  expect(await exec({ argv: ["cat"] }, soon)).toMatchObject({ kind: "ok", stdout: "" });
});

test("a hostile environment does not reach the child, the command's own does", async () => {
  process.env.BUN_OPTIONS = "--preload=/sft.ts";
  try {
    const printed = await exec({ argv: ["env"], env: { SFT_VALUE: "there" } }, soon);
    expect(stdoutOf(printed)).toContain("SFT_VALUE=there\n");
    expect(stdoutOf(printed)).not.toContain("BUN_OPTIONS");
  } finally {
    delete process.env.BUN_OPTIONS;
  }
});

test("lines come while the child runs, with characters whole", async () => {
  const lines: string[] = [];
  const controller = new AbortController();
  const running = exec(
    { argv: shell(`printf 'caf\\303'; sleep 0.05; printf '\\251\\nsecond\\n'; echo e >&2; exec sleep 60`) },
    { ...soon, signal: controller.signal, onLine: (line, from) => lines.push(`${from} ${line}`) },
  );
  await waitFor("three lines", () => lines.length === 3);
  expect(lines.sort()).toEqual(["stderr e", "stdout café", "stdout second"]);
  controller.abort();
  expect(await running).toMatchObject({ kind: "killed", by: "cancel", stdout: "café\nsecond\n" });
});

test("only the tail of much output is kept", async () => {
  const printed = await exec({ argv: ["seq", "1", "200000"] }, { ...soon, maxBytes: 14 });
  expect(printed).toMatchObject({ kind: "ok", stdout: "199999\n200000\n" });
});

test("two gigabytes of output do not become memory", async () => {
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const outcome = await exec({ argv: shell("head -c 2000000000 /dev/zero") }, { timeoutMs: 60_000 });
  clearInterval(watch);
  expect(outcome.kind).toBe("ok");
  expect(peak - before).toBeLessThan(500_000_000);
}, 60_000);

test("after the deadline the whole group gets TERM and may end in order", async () => {
  using folder = tempFolder();
  const script = `trap 'echo ended > ${folder.at("grandchild")}; exit' TERM; echo ready; while :; do sleep 0.01; done`;
  writeFileSync(folder.at("grandchild.sh"), script);
  const outcome = await exec({ argv: shell(`sh ${folder.at("grandchild.sh")} & wait`) }, { timeoutMs: 300 });
  expect(outcome).toMatchObject({ kind: "killed", by: "timeout", stdout: "ready\n" });
  expect(existsSync(folder.at("grandchild"))).toBe(true);
});

test("a group that ignores TERM is killed two seconds later, grandchildren too", async () => {
  const started = performance.now();
  const script = "trap '' TERM; sh -c 'trap \"\" TERM; echo $$; sleep 30; :' & wait; sleep 30";
  const outcome = await exec({ argv: shell(script) }, { timeoutMs: 200 });
  expect(outcome).toMatchObject({ kind: "killed", by: "timeout" });
  expect(performance.now() - started).toBeGreaterThan(2_000);
  const grandchild = Number(stdoutOf(outcome));
  expect(grandchild).toBeGreaterThan(1);
  await waitFor("the grandchild is gone", () => !isAlive(grandchild));
});

test("a signal that is aborted already starts nothing", async () => {
  using folder = tempFolder();
  const outcome = await exec(
    { argv: ["touch", folder.at("started")] },
    { ...soon, signal: AbortSignal.abort() },
  );
  expect(outcome).toMatchObject({ kind: "killed", by: "cancel" });
  expect(existsSync(folder.at("started"))).toBe(false);
});

test("death by somebody else's signal is told apart from our own", async () => {
  expect(await exec({ argv: shell("kill -9 $$") }, soon)).toMatchObject({ kind: "killed", by: "signal" });
});

test("a daemon that keeps the pipe open is neither waited for nor killed", async () => {
  const started = performance.now();
  const outcome = await exec({ argv: shell("sleep 30 & echo $!") }, soon);
  expect(performance.now() - started).toBeLessThan(5_000);
  const daemon = Number(stdoutOf(outcome));
  expect(outcome.kind).toBe("ok");
  expect(isAlive(daemon)).toBe(true);
  process.kill(daemon, "SIGKILL");
});

test("a descriptor that is handed on is open in the child, and others are not", async () => {
  using folder = tempFolder();
  writeFileSync(folder.at("given"), "seen through the descriptor");
  const given = openSync(folder.at("given"), "r");
  openSync(folder.at("given"), "r");
  const outcome = await exec(
    { argv: shell("cat <&3; readlink /proc/$$/fd/* >&2 || true"), inheritFds: [given] },
    soon,
  );
  expect(outcome).toMatchObject({ kind: "ok", stdout: "seen through the descriptor" });
  const open = outcome.kind === "ok" ? outcome.stderr.split("\n") : [];
  expect(open.filter((path) => path === folder.at("given"))).toHaveLength(1);
});

function stdoutOf(outcome: Outcome): string {
  return outcome.kind === "missing" ? "" : outcome.stdout;
}
