import { expect, test } from "bun:test";
import { EventEmitter } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { interruption } from "../../../agent/cli/interruption.ts";
import { EXIT } from "../../../agent/core/errors.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

const MAIN = resolve(import.meta.dir, "../../../agent/main.ts");
const CONFIG = `project = "sft-asked"
[secret.SIGNING_KEY]
kind = "external"
for = ["app"]
`;
const CTRL_C = "\u0003";

/** The agent at a real terminal, in a folder with a soloflow.toml; `screen` is what the terminal shows. */
function atTerminal(...words: string[]) {
  const folder = tempFolder();
  writeFileSync(folder.at("soloflow.toml"), CONFIG);
  let shown = "";
  const data = (_: Bun.Terminal, chunk: Uint8Array) => {
    shown += Buffer.from(chunk).toString();
  };
  const child = Bun.spawn([process.execPath, MAIN, ...words], {
    cwd: folder.path,
    env: { PATH: process.env.PATH, HOME: folder.path, SOLOFLOW_STATE_DIR: folder.at("state"), NO_COLOR: "1" },
    terminal: { cols: 200, rows: 24, data },
  });
  return {
    folder,
    child,
    press: (key: string) => child.terminal?.write(key),
    sees: (text: string) => waitFor(`"${text}" on the screen`, () => shown.includes(text), 20_000),
    [Symbol.dispose]: () => {
      child.kill("SIGKILL");
      folder[Symbol.dispose]();
    },
  };
}

test("Ctrl-C at a question ends it: exit 1, nothing of what it asked about is done", async () => {
  using agent = atTerminal("init");
  await agent.sees("Replace? [y/N]");
  agent.press(CTRL_C);
  await agent.sees("interrupted at the question");
  expect(await agent.child.exited).toBe(EXIT.failed);
  expect(await Bun.file(agent.folder.at("soloflow.toml")).text()).toBe(CONFIG);
  expect(existsSync(agent.folder.at("stack"))).toBe(false);
}, 40_000);

test("a question that is answered is no longer interrupted, and the process ends by itself", async () => {
  using agent = atTerminal("init");
  await agent.sees("Replace? [y/N]");
  agent.press("n\r");
  expect(await agent.child.exited).toBe(EXIT.done);
}, 40_000);

test("TERM ends a hidden question too", async () => {
  using agent = atTerminal("secrets", "set", "SIGNING_KEY");
  await agent.sees("value of SIGNING_KEY: ");
  agent.child.kill("SIGTERM");
  await agent.sees("interrupted at the question");
  expect(await agent.child.exited).toBe(EXIT.failed);
}, 40_000);

/** A process of which only the signals and the end are there. */
function fakeProcess() {
  const signals = new EventEmitter();
  const ended: number[] = [];
  const said: string[] = [];
  return {
    on: (name: string, handler: () => void) => signals.on(name, handler),
    stderr: { write: (text: string) => said.push(text) },
    exit: (code: number) => void ended.push(code),
    send: (name: string) => signals.emit(name),
    ended,
    said,
  };
}

test("the first signal cancels, the second ends at once and says what that may leave", async () => {
  const process = fakeProcess();
  const signal = interruption(process);
  process.send("SIGINT");
  expect([signal.aborted, process.ended]).toEqual([true, []]);
  await Bun.sleep(350);
  process.send("SIGINT");
  expect(process.ended).toEqual([EXIT.failed]);
  expect(process.said.join()).toContain("is not put back");
});

test("a signal that comes twice for one press, and a terminal that is closed, are no second signal", async () => {
  const process = fakeProcess();
  interruption(process);
  process.send("SIGINT");
  process.send("SIGINT");
  await Bun.sleep(350);
  process.send("SIGHUP");
  expect(process.ended).toEqual([]);
});

/** Runs the agent with a standard output, and error output, that nobody reads any more. */
async function unread(...words: string[]): Promise<number> {
  using folder = tempFolder();
  writeFileSync(folder.at("soloflow.toml"), 'project = "sft-unread"\n');
  const script = 'exec 3> >(true); wait $!; exec "$@" >&3 2>&3';
  const child = Bun.spawn(["bash", "-c", script, "bash", process.execPath, MAIN, ...words], {
    cwd: folder.path,
    env: {
      PATH: process.env.PATH,
      HOME: folder.path,
      SOLOFLOW_STATE_DIR: folder.at("state"),
      DOCKER_HOST: `unix://${folder.at("no-engine.sock")}`,
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return await child.exited;
}

test("the exit code is the command's own when nobody reads what it prints", async () => {
  expect(await unread("status")).toBe(EXIT.noDocker);
  expect(await unread("status", "--json")).toBe(EXIT.noDocker);
  expect(await unread("no-such-command")).toBe(EXIT.usage);
  expect(await unread("history")).toBe(EXIT.done);
}, 40_000);
