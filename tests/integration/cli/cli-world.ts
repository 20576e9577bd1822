import { mkdirSync, writeFileSync } from "node:fs";
import { runCli } from "../../../agent/cli/cli.ts";
import { EXIT, SoloflowError } from "../../../agent/core/errors.ts";
import { type Script, scriptedHost } from "../../support/scripted-host.ts";

export type CliRun = { code: number; stdout: string; stderr: string };

export const NO_ENGINE = () =>
  Promise.reject(new SoloflowError("no-docker", "docker cannot be reached", { exitCode: EXIT.noDocker }));

/** A stream that keeps what is written. */
function kept(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => written.push(text), text: () => written.join("") };
}

export type Terminals = { stdout?: boolean; stderr?: boolean; env?: Record<string, string> };

/**
 * The whole command line in this process, with a scripted host, in a folder whose project `sft-line` has the
 * one service `app`; `deployed` also with the model of a deploy.
 */
export function cliWorld(script: Script = {}, { deployed = false } = {}) {
  const host = scriptedHost(script);
  const config = host.folder.at("soloflow.toml");
  writeFileSync(config, 'project = "sft-line"\n');
  if (deployed) {
    mkdirSync(host.folder.at("state/sft-line"), { recursive: true });
    writeFileSync(host.folder.at("state/sft-line/model.json"), JSON.stringify(MODEL));
  }
  /** The line as it is typed, without the project's folder. */
  const bare = async (words: readonly string[], terminals: Terminals = {}): Promise<CliRun> => {
    const [stdout, stderr] = [kept(terminals.stdout === true), kept(terminals.stderr === true)];
    const code = await runCli(words, {
      host: async () => host,
      process: {
        stdin: { isTTY: false } as NodeJS.ReadStream,
        stdout: stdout as unknown as NodeJS.WriteStream,
        stderr: stderr as unknown as NodeJS.WriteStream,
        env: terminals.env ?? {},
      } as unknown as NodeJS.Process,
      version: "1.2.3",
      signal: new AbortController().signal,
    });
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  };
  const run = ([verb = "", ...words]: readonly string[], terminals?: Terminals) =>
    bare([verb, "--config", config, ...words], terminals);
  return { host, config, bare, run, [Symbol.dispose]: () => host[Symbol.dispose]() };
}

const MODEL = {
  networks: {},
  volumes: {},
  services: {},
  "x-soloflow": {
    units: [
      {
        service: "app",
        strategy: "replace",
        hash: "h",
        readyWithinMs: 120_000,
        drainMs: 0,
        healthcheck: false,
        instances: [{ name: "app" }],
      },
    ],
  },
};
