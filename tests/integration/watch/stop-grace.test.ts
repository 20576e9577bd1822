import { expect, test } from "bun:test";
import { dockerEngine } from "../../../agent/host/docker-engine.ts";
import { engineSocket } from "../../../agent/host/engine/engine-address.ts";
import { systemMachine } from "../../../agent/host/machine.ts";
import { stopGrace } from "../../../agent/run/watch/act/stop-grace.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { waitFor } from "../../support/wait-for.ts";

const engine = dockerEngine(() => engineSocket(process.env), process.geteuid?.() ?? 0);
const SLEEPS = "exec sleep 1000";
const GRACE = ["--stop-timeout", "7"];
const ALONE = ["--init=false", ...GRACE];

/** What a container that runs this would get, once its script, behind an init its child, stays where it is. */
async function graceOf(script: string, options: readonly string[], signal?: NodeJS.Signals): Promise<number> {
  await using sandbox = makeSandbox();
  const id = await sandbox.run(script, options);
  const container = await waitFor("it runs", async () => {
    const now = await engine.container(id);
    return now?.pid !== undefined && now;
  });
  const pid = await waitFor("it sleeps", () => sleeper(container.pid ?? 0, options === ALONE));
  if (signal !== undefined) {
    process.kill(pid, signal);
    await waitFor("it stands still", async () => (await systemMachine.process(pid))?.state === "T");
  }
  return (await stopGrace({ machine: systemMachine }, container)).seconds;
}

/** Who runs the script, once that is where it stays. */
async function sleeper(pid: number, isAlone: boolean): Promise<number | undefined> {
  const main = await systemMachine.process(pid);
  if (main === undefined || main.name.startsWith("runc")) return undefined;
  const [child] = (await systemMachine.threads(pid))?.children ?? [];
  const own = isAlone ? pid : child;
  const found = own === undefined ? undefined : await systemMachine.process(own);
  return found?.state === "S" && !isDocker(found.name) ? own : undefined;
}

const isDocker = (name: string) => name.startsWith("runc") || name === "docker-init";

test("behind an init, and of whoever handles the signal, the whole grace is given", async () => {
  expect(await graceOf(SLEEPS, GRACE)).toBe(7);
  expect(await graceOf("trap 'sleep 5' TERM; while :; do sleep 1; done", ALONE)).toBe(7);
}, 60_000);

test("of a first process that takes no signal, or that stands still, none is", async () => {
  expect(await graceOf(SLEEPS, ALONE)).toBe(0);
  expect(await graceOf(SLEEPS, ALONE, "SIGSTOP")).toBe(0);
  expect(await graceOf("trap 'exit 0' TERM; while :; do sleep 1; done", ALONE, "SIGSTOP")).toBe(0);
}, 60_000);

test("behind an init, of a child that stands still or ignores the signal, none is", async () => {
  expect(await graceOf(SLEEPS, GRACE, "SIGSTOP")).toBe(0);
  expect(await graceOf(`trap '' TERM; ${SLEEPS}`, GRACE)).toBe(0);
}, 60_000);

test("behind an init, a child that ends in its time gets all of it", async () => {
  // It has no child while it waits: it opens a pipe that nobody writes to.
  const slowly = "mkfifo /never && trap 'sleep 5; exit' TERM; while :; do read -r x < /never; done";
  expect(await graceOf(slowly, GRACE)).toBe(7);
}, 60_000);
