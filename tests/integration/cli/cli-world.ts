import { mkdirSync, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { runCli } from "../../../agent/cli/cli.ts";
import { EXIT, SoloflowError } from "../../../agent/core/errors.ts";
import type { DeployedUnit } from "../../../agent/plan/deployed.ts";
import { NO_SETTINGS } from "../../../agent/plan/watchdog/settings.ts";
import type { ModelFile } from "../../../agent/run/deploy/model-file.ts";
import { type Script, scriptedHost } from "../../support/scripted-host.ts";

export type CliRun = { code: number; stdout: string; stderr: string };

export const NO_ENGINE = () =>
  Promise.reject(new SoloflowError("no-docker", "docker cannot be reached", { exitCode: EXIT.noDocker }));

/** A stream that keeps what is written. */
function kept(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => written.push(text), text: () => written.join("") };
}

/** Which streams are terminals, and what is piped into standard input, which never is one. */
export type Terminals = { stdout?: boolean; stderr?: boolean; stdin?: string; env?: Record<string, string> };

/**
 * The whole command line in this process, with a scripted host, in a folder whose project `sft-line` has the
 * one service `app`; with `deployed` also the model of a deploy, where `app` is as it says.
 */
export function cliWorld(script: Script = {}, { deployed }: { deployed?: Partial<DeployedUnit> } = {}) {
  const host = scriptedHost(script);
  const config = host.folder.at("soloflow.toml");
  writeFileSync(config, 'project = "sft-line"\n');
  if (deployed !== undefined) {
    mkdirSync(host.folder.at("state/sft-line"), { recursive: true });
    writeFileSync(
      host.folder.at("state/sft-line/model.json"),
      JSON.stringify(model({ ...UNIT, ...deployed })),
    );
  }
  /** The line as it is typed, without the project's folder. */
  const bare = async (words: readonly string[], terminals: Terminals = {}): Promise<CliRun> => {
    const [stdout, stderr] = [kept(terminals.stdout === true), kept(terminals.stderr === true)];
    const code = await runCli(words, {
      host: async () => host,
      process: {
        stdin: Readable.from([terminals.stdin ?? ""], { objectMode: false }) as NodeJS.ReadStream,
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

const UNIT: DeployedUnit = {
  ...{ service: "app", strategy: "replace", hash: "h", ready: undefined, healthcheck: false },
  ...{ readyWithinMs: 120_000, drainMs: 0, instances: [{ name: "app", colour: undefined }] },
  ...{ live: undefined, watch: "restart", standby: false, needs: [], answerWithinMs: 5_000 },
};

function model(unit: DeployedUnit): ModelFile {
  return { networks: {}, volumes: {}, services: {}, "x-soloflow": { units: [unit], watch: NO_SETTINGS } };
}
