import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { waitFor } from "../../support/wait-for.ts";

// On a busy machine a process or a container may take its time to start.
setDefaultTimeout(60_000);

const INTERACTIVE = join(import.meta.dir, "../../fixtures/host/interactive.ts");
/** Says when it listens, counts the interrupts it gets, and reads a line. */
const SCRIPT = `n=0; trap 'n=$((n+1)); echo caught $n' INT; trap 'echo terminated; exit 4' TERM
  echo listening; read line; echo "read <$line>"; sleep 0.2; exit 9`;

function start(argv: string[]) {
  const child = Bun.spawn({
    cmd: argv,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, SFT_SCRIPT: SCRIPT },
  });
  const seen = { text: "" };
  const reading = (async () => {
    for await (const chunk of child.stdout) seen.text += Buffer.from(chunk).toString();
  })();
  const sees = (text: string) => waitFor(`${text} in ${seen.text}`, () => seen.text.includes(text));
  return { child, seen, sees, done: () => Promise.all([child.exited, reading]) };
}

const alone = () => start([process.execPath, INTERACTIVE, SCRIPT]);
/** script(1) gives it a terminal, as a person's shell would. */
const onTerminal = () =>
  start(["script", "-qefc", `'${process.execPath}' '${INTERACTIVE}' "$SFT_SCRIPT"`, "/dev/null"]);

test("the child reads and writes the caller's own streams", async () => {
  const { child, seen, sees, done } = alone();
  await sees("listening");
  child.stdin.write("hello\n");
  await child.stdin.end();
  await done();
  expect(seen.text).toContain("read <hello>\n");
  expect(seen.text).toContain(JSON.stringify({ kind: "failed", code: 9, stdout: "", stderr: "" }));
});

test("without a terminal an interrupt and a TERM of the agent reach the child, and the agent tells its end", async () => {
  for (const [signal, heard] of [
    ["SIGINT", "caught 1"],
    ["SIGTERM", "terminated"],
  ] as const) {
    const { child, seen, sees, done } = alone();
    await sees("listening");
    child.kill(signal);
    await sees(heard);
    await child.stdin.end();
    await done();
    expect(seen.text).toContain('"kind":"failed"');
    expect(seen.text).not.toContain("caught 2");
  }
});

test("on a terminal Ctrl-C reaches the child once, and the agent survives to tell its end", async () => {
  const { child, seen, sees, done } = onTerminal();
  await sees("listening");
  child.stdin.write("\x03");
  child.stdin.flush();
  await sees("caught 1");
  await sees('"code":9');
  await child.stdin.end();
  await done();
  expect(seen.text).not.toContain("caught 2");
});

test("on a terminal the child reads what a person types", async () => {
  const { child, sees, done } = onTerminal();
  await sees("listening");
  child.stdin.write("typed\n");
  child.stdin.flush();
  await sees("read <typed>");
  await child.stdin.end();
  await done();
});
