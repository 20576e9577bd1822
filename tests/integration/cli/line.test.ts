import { expect, test } from "bun:test";
import { namesOf, verbs } from "../../../agent/cli/verbs.ts";
import { EXIT } from "../../../agent/core/errors.ts";
import { cliWorld } from "./cli-world.ts";

/** A usage error: exit 2, nothing on stdout, these words and a hint on stderr. */
async function refused(words: readonly string[], ...parts: string[]): Promise<void> {
  using world = cliWorld();
  const run = await world.bare(words);
  expect([words, run.code, run.stdout]).toEqual([words, EXIT.usage, ""]);
  for (const part of [...parts, "hint: "]) expect(run.stderr).toContain(part);
  expect(world.host.calls).toEqual([]);
}

test("an unknown word is refused and the nearest command named", async () => {
  await refused(["deplyo"], 'unknown command "deplyo"', 'did you mean "deploy"?');
  await refused(["frobnicate"], 'unknown command "frobnicate"');
  await refused(["help", "statsu"], 'did you mean "status"?');
  await refused(["statsu", "--help"], 'did you mean "status"?');
});

test("an unknown option, an option without its value and words too many or too few are refused", async () => {
  await refused(["deploy", "--forse"], "--forse");
  await refused(["status", "--tail", "3"], "--tail");
  await refused(["deploy", "--config"], "--config");
  await refused(["status", "gateway"], "gateway");
  await refused(["completion"], "shell");
  await refused(["completion", "tcsh"], '"tcsh"', "bash, zsh, fish");
  await refused(["exec"], "service");
  await refused(["exec", "gateway"], "exec needs a service and a command");
  await refused(["deploy", "--wait", "soon"], '"soon" is not a duration');
});

test("a folder without soloflow.toml is a usage error of every command that needs one", async () => {
  for (const words of [["status"], ["history"], ["timings"], ["logs"], ["down"], ["deploy"], ["plan"]])
    await refused([...words, "--config", "/nonexistent/soloflow.toml"], "soloflow.toml");
});

test("--version counts wherever it stands, but not behind --", async () => {
  using world = cliWorld();
  for (const words of [["--version"], ["-v"], ["deploy", "--version"], ["--version", "--debug"]])
    expect(await world.bare(words)).toEqual({ code: EXIT.done, stdout: "1.2.3\n", stderr: "" });
  const json = await world.bare(["--version", "--json"]);
  expect([json.code, JSON.parse(json.stdout)]).toEqual([EXIT.done, { schema: 1, version: "1.2.3" }]);
  const inside = await world.run(["exec", "app", "--", "node", "--version"]);
  expect([inside.code, inside.stdout]).toEqual([EXIT.usage, ""]);
  expect(inside.stderr).toContain("has not been deployed yet");
});

test("the overview is what no word, --help and help give", async () => {
  using world = cliWorld();
  const overview = await world.bare([]);
  expect(overview.code).toBe(EXIT.done);
  for (const words of [["--help"], ["-h"], ["help"]]) expect(await world.bare(words)).toEqual(overview);
  expect(overview.stdout).toMatchInlineSnapshot(`
    "usage: soloflow-agent <command> [options]

      init                         write a commented soloflow.toml, with the stack that the agent carries or for a compose file
      setup                        make this machine able to run it: Docker Engine, Compose and Buildx, present and running
      check                        say everything that is wrong with configuration, compose, Dockerfiles, secrets and this machine
      plan [...services]           say what deploy would do and why; exit code 10 when there is something to do
      build [...services]          build the images whose inputs changed; sizes against their limits, times, tags, packages
      deploy [...services], up     build, start in order, wait until ready; on failure put back what was
      secrets <action> [...names]  the encrypted store: list, set NAME, get NAME, import FILE, export [FILE], verify, history [NAME], rekey to a new key, recover a damaged one, render into memory after a boot
      rotate-secrets [...names]    exchange secrets while everything runs; without names those that are due
      status, ps                   what runs, who serves, since when, and what the watchdog thinks of it
      logs [...services]           what the services have logged
      exec <service> [...command]  run a command in the container that serves: exec gateway -- sh
      history                      the releases, newest first; with --audit what was done to the secrets
      audit <action>               verify: whether the record of what was done to the secrets is as it was written
      timings                      how long each service takes from its start to its first good answer
      events [...services]         what happened: every change of a service, every release, every operation
      incidents [id]               what went wrong, why, what was done and how long customers lost; one with all its evidence
      watch                        look after the services: restart what hangs, tell who should know; runs until it is ended
      pause [service]              keep the watchdog's hands off a service, or off all
      resume [service]             end a pause; try again at once what the watchdog had given up
      alerts <action>              alerts test: send a test by every way that [alerts] sets, and say how each went
      down                         stop and remove the containers; data stays
      install                      let systemd run the watchdog, and write secrets into memory at each boot; again to upgrade
      uninstall                    take back what install made; containers run on, data stays
      completion <shell>           print a completion script for bash, zsh or fish

    options of every command:
      --config <file>    the configuration (default: soloflow.toml)
      --json             print one JSON document on stdout
      --yes              answer every question with yes
      --wait <duration>  wait for another operation to end, for instance "10m"
      --debug            print stacks of errors
      --help             what a command does and takes
      --version          the version
    "
  `);
});

test("each command says what it takes, under each of its names, and as a document", async () => {
  using world = cliWorld();
  for (const verb of verbs) {
    for (const name of namesOf(verb)) {
      const help = await world.bare([name, "--help"]);
      expect([help.code, help.stderr]).toEqual([EXIT.done, ""]);
      expect(help.stdout).toStartWith(`usage: soloflow-agent ${verb.usage} [options]\n\n${verb.summary}\n`);
      for (const [flag, words] of verb.options ?? []) {
        expect(help.stdout).toContain(flag);
        expect(help.stdout).toContain(words);
      }
      expect(await world.bare(["help", name])).toEqual(help);
    }
  }
  const json = await world.bare(["status", "--help", "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({ schema: 1, help: expect.stringContaining("status") });
});
