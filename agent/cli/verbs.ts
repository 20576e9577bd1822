import type { ExitCode } from "../core/errors.ts";
import type { CliContext, CommandWords } from "./context.ts";
import { PROJECT_OPTION } from "./project-option.ts";

/** One word of the command line. Its code is loaded only when it is called: start-up stays short. */
export type Verb = {
  /** As cac reads it: "deploy [...services]". */
  usage: string;
  aliases?: readonly string[];
  summary: string;
  options?: readonly (readonly [flag: string, description: string])[];
  load(): Promise<{ run(context: CliContext): Promise<ExitCode> }>;
};

export const verbs: readonly Verb[] = [
  {
    usage: "init",
    summary: "write a commented soloflow.toml, with the stack that the agent carries or for a compose file",
    options: [
      ["--from <compose>", "adapt to this compose file, which is only read"],
      ["--force", "replace files that are there with another content (--yes leaves them)"],
    ],
    load: () => import("./init.ts"),
  },
  {
    usage: "setup",
    summary: "make this machine able to run it: Docker Engine, Compose and Buildx, present and running",
    options: [["--upgrade-engine", "replace an engine that is too old even while containers run on it"]],
    load: () => import("./setup.ts"),
  },
  {
    usage: "check",
    summary:
      "say everything that is wrong with configuration, compose, Dockerfiles, secrets and this machine",
    load: () => import("./check.ts"),
  },
  {
    usage: "plan [...services]",
    summary: "say what deploy would do and why; exit code 10 when there is something to do",
    load: () => import("./plan.ts"),
  },
  {
    usage: "build [...services]",
    summary: "build the images whose inputs changed; sizes against their limits, times, tags, packages",
    options: [
      ["--refresh", "take newer packages in, although nothing changed here"],
      ["--packages", "list what packages went into each image"],
    ],
    load: () => import("./build.ts"),
  },
  {
    usage: "deploy [...services]",
    aliases: ["up"],
    summary: "build, start in order, wait until ready; on failure put back what was",
    load: () => import("./deploy.ts"),
  },
  {
    usage: "secrets <action> [...names]",
    summary:
      "the encrypted store: list, set NAME, get NAME, import FILE, export [FILE], verify, history [NAME], rekey to a new key, recover a damaged one, render into memory after a boot",
    options: [
      ["--reveal", "get, export: write values to something that is no terminal"],
      ["--generate", "set: let the agent make the value"],
      ["--accept-weak", "set, import: take placeholders and short values that are in use"],
      [
        "--recovery",
        "verify: try the recovery key on the store, and remember that it opened it; rekey: make a new one too",
      ],
      ["--sops", "export: as a SOPS file for age; FILE ends in .yaml, .json or .env"],
      ["--to <recipients>", "export --sops: who can open it, age1… with commas; default the recovery key"],
      ["--project <name>", "get, render: the project by its name; soloflow.toml is not read"],
    ],
    load: () => import("./secrets.ts"),
  },
  {
    usage: "rotate-secrets [...names]",
    summary: "exchange secrets while everything runs; without names those that are due",
    options: [
      ["--all", "all that the agent can make"],
      ["--due", "those that are due by every (the default)"],
      ["--dry-run", "say what it would do and cost; nothing is touched"],
      ["--compromised", "the former values have leaked: refuse them at once, end sessions"],
      ["--back <name>", "the earlier value of a name again, as a rotation of its own"],
      ["--resume", "finish what was interrupted"],
      ["--abort", "take it back; after its commit: the former values again"],
      ["--settle", "take back or finish what was interrupted, give up what has soaked"],
      ["--retire <name>", "give up the former value of a name at once, whatever still stands on it"],
      [
        "--scheduled",
        "what the watchdog and the timer start: all that it is time for, by [rotation] between",
      ],
      ["--project <name>", "--scheduled: the project by its name, with the soloflow.toml of its last deploy"],
    ],
    load: () => import("./rotate-secrets.ts"),
  },
  {
    usage: "status",
    aliases: ["ps"],
    summary: "what runs, who serves, since when, and what the watchdog thinks of it",
    options: [["--watch", "stay, and show what changes until Ctrl-C"]],
    load: () => import("./status.ts"),
  },
  {
    usage: "logs [...services]",
    summary: "what the services have logged",
    options: [
      ["--follow", "go on until Ctrl-C"],
      ["--tail <lines>", "how many old lines of each container (default: 100)"],
    ],
    load: () => import("./logs.ts"),
  },
  {
    usage: "exec <service> [...command]",
    summary: "run a command in the container that serves: exec gateway -- sh",
    load: () => import("./exec.ts"),
  },
  {
    usage: "history",
    summary: "the releases, newest first; with --audit what was done to the secrets",
    options: [["--audit", "what was done to the secrets, by whom, newest first"]],
    load: () => import("./history.ts"),
  },
  {
    usage: "audit <action>",
    summary: "verify: whether the record of what was done to the secrets is as it was written",
    load: () => import("./audit.ts"),
  },
  {
    usage: "timings",
    summary: "how long each service takes from its start to its first good answer",
    load: () => import("./timings.ts"),
  },
  {
    usage: "events [...services]",
    summary: "what happened: every change of a service, every release, every operation",
    options: [
      ["--since <time>", 'a duration or a time, for instance "2h" (default: the last 50 lines)'],
      ["--follow", "go on until Ctrl-C"],
    ],
    load: () => import("./events.ts"),
  },
  {
    usage: "incidents [id]",
    summary: "what went wrong, why, what was done and how long customers lost; one with all its evidence",
    load: () => import("./incidents.ts"),
  },
  {
    usage: "watch",
    summary: "look after the services: restart what hangs, tell who should know; runs until it is ended",
    options: [PROJECT_OPTION],
    load: () => import("./watch.ts"),
  },
  {
    usage: "pause [service]",
    summary: "keep the watchdog's hands off a service, or off all",
    options: [["--for <duration>", 'not for ever: "2h"'], PROJECT_OPTION],
    load: () => import("./pause.ts"),
  },
  {
    usage: "resume [service]",
    summary: "end a pause; try again at once what the watchdog had given up",
    options: [PROJECT_OPTION],
    load: () => import("./resume.ts"),
  },
  {
    usage: "alerts <action>",
    summary: "alerts test: send a test by every way that [alerts] sets, and say how each went",
    load: () => import("./alerts.ts"),
  },
  {
    usage: "down",
    summary: "stop and remove the containers; data stays",
    options: [["--volumes", "delete the data too, for good"]],
    load: () => import("./down.ts"),
  },
  {
    usage: "install",
    summary: "let systemd run the watchdog, and write secrets into memory at each boot; again to upgrade",
    options: [
      ["--timer", "no watchdog: only a timer, by which what is due of the secrets is rotated"],
      PROJECT_OPTION,
    ],
    load: () => import("./install.ts"),
  },
  {
    usage: "uninstall",
    summary: "take back what install made; containers run on, data stays",
    options: [PROJECT_OPTION],
    load: () => import("./uninstall.ts"),
  },
  {
    usage: "completion <shell>",
    summary: "print a completion script for bash, zsh or fish",
    load: () => import("./completion.ts"),
  },
];

export const globalOptions: Verb["options"] & {} = [
  ["--config <file>", "the configuration (default: soloflow.toml)"],
  ["--json", "print one JSON document on stdout"],
  ["--yes", "answer every question with yes"],
  ["--wait <duration>", 'wait for another operation to end, for instance "10m"'],
  ["--debug", "print stacks of errors"],
];

/** Every word that calls the verb; its own name first. */
export function namesOf(verb: Verb): string[] {
  return [verb.usage.split(" ", 1)[0] ?? verb.usage, ...(verb.aliases ?? [])];
}

/** Names, summary and flags of every command. */
export function commandWords(): CommandWords[] {
  return verbs.map((verb) => ({
    names: namesOf(verb),
    summary: verb.summary,
    flags: [...(verb.options ?? []), ...globalOptions].map(([flag]) => flag.split(" ", 1)[0] ?? flag),
  }));
}
