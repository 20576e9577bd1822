import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { commandWords } from "../../../agent/cli/verbs.ts";
import { exec } from "../../../agent/host/exec.ts";
import { cliWorld } from "./cli-world.ts";

const soon = { timeoutMs: 20_000 };

async function script(shell: string): Promise<string> {
  using world = cliWorld();
  return (await world.bare(["completion", shell])).stdout;
}

/** What bash offers for the last of the words, with the script sourced as a shell's start-up does. */
async function offered(...words: string[]): Promise<string[]> {
  using world = cliWorld();
  const file = world.host.folder.at("completion.bash");
  writeFileSync(file, await script("bash"));
  const ask = `source ${file}; f=$(complete -p soloflow-agent | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $f soloflow-agent "\${@: -1}" "\${@: -2:1}"; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const argv = ["bash", "--norc", "-euc", ask, "bash", "soloflow-agent", ...words] as const;
  const outcome = await exec({ argv }, soon);
  if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
  expect(outcome.stderr).toBe("");
  return outcome.stdout.split("\n").filter(Boolean);
}

test("bash offers every command, and the flags of the one that is typed", async () => {
  expect((await offered("")).sort()).toEqual(
    commandWords()
      .flatMap(({ names }) => names)
      .sort(),
  );
  expect(await offered("dep")).toEqual(["deploy"]);
  expect(await offered("s")).toEqual(["setup", "secrets", "status"]);
  expect(await offered("logs", "--f")).toEqual(["--follow"]);
  expect(await offered("ps", "--j")).toEqual(["--json"]);
  for (const { names, flags } of commandWords())
    for (const name of names) expect(await offered(name, "--")).toEqual([...flags]);
  expect(await offered("no-such", "--")).toEqual([]);
}, 40_000);

test("zsh and fish parse their scripts where they are installed", async () => {
  for (const [shell, flags] of [
    ["zsh", ["-n"]],
    ["fish", ["--no-execute"]],
  ] as const) {
    if (Bun.which(shell) === null) continue;
    const outcome = await exec({ argv: [shell, ...flags, "/dev/stdin"], stdin: await script(shell) }, soon);
    expect(outcome).toMatchObject({ kind: "ok", stderr: "" });
  }
});

test("the zsh script describes every command and has the flags of each, in balanced quotes", async () => {
  const lines = (await script("zsh")).split("\n");
  expect(lines[0]).toBe("#compdef soloflow-agent");
  for (const { names, flags } of commandWords()) {
    expect(lines).toContain(`    ${names.join("|")}) compadd -- ${flags.join(" ")} ;;`);
    // 'name:summary' where a colon of the summary is escaped, for _describe splits at the first free one.
    for (const name of names) {
      const entry = lines.find((line) => line.startsWith(`    '${name}:`)) ?? "";
      expect(entry.slice(`    '${name}:`.length)).toMatch(/^([^':\\]|\\:)+'$/);
    }
  }
});

test("the fish script is one complete line for each command and each of its flags", async () => {
  const lines = (await script("fish")).trimEnd().split("\n");
  for (const line of lines)
    expect(line).toMatch(/^complete -c soloflow-agent -n (\w+|'[^']+') -(a|l) \S+( -d '([^'\\]|\\.)*')?$/);
  for (const { names, flags } of commandWords()) {
    for (const name of names)
      expect(lines.filter((line) => line.includes(`__fish_use_subcommand -a ${name} -d`))).toHaveLength(1);
    for (const flag of flags)
      expect(lines).toContain(
        `complete -c soloflow-agent -n '__fish_seen_subcommand_from ${names.join(" ")}' -l ${flag.slice(2)}`,
      );
  }
});
