import { expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { containerIds } from "../support/container-ids.ts";
import { docker } from "../support/sandbox.ts";
import { type TestProject, testProject, version, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";

/** The secret as the app's process finds it, in the container that serves. */
async function secretIn(project: TestProject): Promise<string> {
  return (await project.must("exec", "app", "--", "cat", "/run/secrets/PEPPER")).stdout;
}

test("what is deployed can be looked into, and after a reboot `up` serves it again with the same secrets", async () => {
  await using project = await testProject();
  const toml = '[secret.PEPPER]\nkind = "pepper"\nfor = ["app"]\n';
  writeApp(project, { VERSION: "1" }, { toml });
  await project.must("deploy");

  // logs --tail: so many lines of each container, and none of the other services' with a name.
  const lines = async (...words: string[]) =>
    (await project.must("logs", ...words)).stdout.split("\n").filter(Boolean);
  expect((await lines("app")).join()).toContain('"msg":"listening"');
  expect(await lines("app", "--tail", "1")).toHaveLength(1);
  expect(await lines("app", "--tail", "0")).toEqual([]);
  expect((await lines("app")).every((line) => line.includes("app-blue"))).toBe(true);
  expect((await project.agent("logs", "ap")).stderr).toContain('did you mean "app"?');

  // logs --follow goes on with what comes, and Ctrl-C is no failure.
  const follow = await project.start("logs", "app", "--follow", "--tail", "0");
  let followed = "";
  const reading = (async () => {
    for await (const chunk of follow.stdout) followed += Buffer.from(chunk).toString();
  })();
  const say = "echo followed-$((40 + 2)) > /proc/1/fd/1";
  await waitFor("a line that is written later", async () => {
    await project.must("exec", "app", "--", "sh", "-c", say);
    return followed.includes("followed-42");
  });
  expect(follow.exitCode).toBeNull();
  follow.kill("SIGINT");
  expect(await follow.exited).toBe(0);
  await reading;

  // exec: the words behind -- are the command's own, and so is its standard output; its failure is exit 1.
  const echoed = await project.must(
    "exec",
    "app",
    "--",
    "sh",
    "-c",
    'printf "%s|" "$@"',
    "sh",
    "--json",
    "a b",
  );
  expect(echoed.stdout).toBe("--json|a b|");
  expect((await project.agent("exec", "app", "--", "sh", "-c", "exit 9")).code).toBe(1);
  const pepper = await secretIn(project);
  expect(pepper.length).toBeGreaterThan(20);

  // As after a reboot that did not bring the containers back: none runs, and what was in memory is gone.
  const runFolder = project.env.SOLOFLOW_RUN_DIR ?? "";
  expect(readdirSync(runFolder)).toEqual([project.name]);
  await docker("stop", "-t", "1", ...(await containerIds(project.name)));
  rmSync(runFolder, { recursive: true });
  const failed = await project.agent("exec", "app", "--", "true");
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("app is not running")]);
  const stopped = JSON.parse((await project.must("status", "--json")).stdout);
  expect(stopped.services.map((service: { state: string }) => service.state)).toEqual(["stopped", "stopped"]);
  await project.must("up");
  expect(await version(project)).toBe("1");
  expect(await secretIn(project)).toBe(pepper);
  expect(existsSync(join(runFolder, project.name))).toBe(true);
  expect(await project.containers()).toEqual(["app-blue-1", "ingress-1"]);
  expect(JSON.parse((await project.must("deploy", "--json")).stdout)).toMatchObject({ result: "unchanged" });
}, 60_000);
