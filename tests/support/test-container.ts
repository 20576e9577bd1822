import { randomBytes } from "node:crypto";
import type { Outcome } from "../../agent/core/command.ts";
import { exec } from "../../agent/host/exec.ts";

/** How every service of the stack runs. */
const HARDENED = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--memory=512m"];

export type TestContainer = AsyncDisposable & {
  readonly name: string;
  /** Its address on the first of its networks. */
  address(): Promise<string>;
  /** Runs a command inside; a non-zero exit is a value. */
  exec(...argv: string[]): Promise<Outcome>;
  /** What it has said so far, by stdout and stderr. */
  logs(): Promise<string>;
};

/** A name for something that a test makes: `sft-` and a random end. */
export const testName = (what: string): string => `sft-${what}-${randomBytes(5).toString("hex")}`;

/** Starts a hardened container that is gone, with its anonymous volumes, at the end of the scope. */
export async function startContainer(
  image: string,
  options: readonly string[] = [],
  command: readonly string[] = [],
): Promise<TestContainer> {
  const name = testName(image.replace(/.*\//, ""));
  await docker("run", "-d", "--name", name, ...HARDENED, ...options, image, ...command);
  return {
    name,
    address: () => inspectContainer(name, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"),
    exec: (...argv) => tryDocker("exec", name, ...argv),
    logs: async () => {
      const outcome = await tryDocker("logs", name);
      return outcome.kind === "ok" ? outcome.stdout + outcome.stderr : "";
    },
    [Symbol.asyncDispose]: async () => void (await tryDocker("rm", "-f", "-v", name)),
  };
}

/** Runs a hardened container to its end. */
export function runContainer(
  image: string,
  options: readonly string[] = [],
  command: readonly string[] = [],
): Promise<Outcome> {
  return tryDocker("run", "--rm", ...HARDENED, ...options, image, ...command);
}

/** A volume that is gone at the end of the scope; containers that use it must be gone before. */
export async function testVolume(): Promise<AsyncDisposable & { readonly name: string }> {
  const name = testName("volume");
  await docker("volume", "create", name);
  return { name, [Symbol.asyncDispose]: async () => void (await tryDocker("volume", "rm", "-f", name)) };
}

/** A bridge network that is gone at the end of the scope; containers on it must be gone before. */
export async function testNetwork(): Promise<AsyncDisposable & { readonly name: string }> {
  const name = testName("network");
  await docker("network", "create", name);
  return { name, [Symbol.asyncDispose]: async () => void (await tryDocker("network", "rm", name)) };
}

/** What `docker inspect` says of a container, in Go's template language. */
export async function inspectContainer(name: string, format: string): Promise<string> {
  return (await docker("inspect", "-f", format, name)).trim();
}

export async function docker(...argv: string[]): Promise<string> {
  const outcome = await tryDocker(...argv);
  if (outcome.kind !== "ok") throw new Error(`docker ${argv.join(" ")}: ${JSON.stringify(outcome)}`);
  return outcome.stdout;
}

export function tryDocker(...argv: string[]): Promise<Outcome> {
  return exec({ argv: ["docker", ...argv] }, { timeoutMs: 60_000 });
}
