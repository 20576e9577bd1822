/*
 * Runs the agent from source on this machine and ends it with SIGKILL just before its Nth call that changes
 * something: a process, a file, a container. `bun killed-agent.ts N FILE deploy …`; with N = 0 nothing is killed and
 * the calls are listed in FILE. The points follow from the code: a new step is a new call.
 */
import { appendFileSync } from "node:fs";
import { runCli } from "../../agent/cli/cli.ts";
import type { Host } from "../../agent/host/host.ts";
import { systemHost } from "../../agent/host/system-host.ts";

const [, , number = "0", list = "", ...argv] = process.argv;
const killAt = Number(number);
let calls = 0;

function point(what: string): void {
  calls += 1;
  if (killAt === 0) appendFileSync(list, `${what}\n`);
  if (calls === killAt) process.kill(process.pid, "SIGKILL");
}

const CHANGES = {
  files: ["writeAtomic", "makeFolder", "rename", "remove", "chown", "chmod"],
  engine: ["start", "stop", "remove", "tag", "untag", "exec"],
} as const;

function guarded<T extends object>(target: T, part: string, names: readonly string[]): T {
  return new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name);
      if (typeof member !== "function" || !names.includes(String(name))) return member;
      return (...args: unknown[]) => {
        point(`${part}.${String(name)} ${String(args[0]).replaceAll(/sft-[0-9a-f]+/g, "P")}`);
        return member.apply(object, args);
      };
    },
  });
}

function killing(host: Host): Host {
  return {
    ...host,
    files: guarded(host.files, "files", CHANGES.files),
    engine: guarded(host.engine, "engine", CHANGES.engine),
    exec: (command, limits) => {
      point(`exec ${command.argv.slice(0, 3).join(" ")}`);
      return host.exec(command, limits);
    },
  };
}

process.exitCode = await runCli(argv, {
  host: async () => killing(systemHost()),
  process,
  version: "test",
  signal: new AbortController().signal,
});
