import { createServer } from "node:net";
import { providerImage } from "./provider-image.ts";
import { docker, startContainer } from "./test-container.ts";
import { waitFor } from "./wait-for.ts";

/** The least that the provider starts with, beside a database. */
export const PROVIDER_SECRETS = {
  BETTER_AUTH_SECRET: "a secret for tests alone, 40 characters.",
  API_KEY_PEPPER: "a pepper for tests alone",
};

export type ProviderContainer = AsyncDisposable & {
  readonly baseUrl: string;
  /** What it has said so far, by stdout and stderr. */
  logs(): Promise<string>;
  /** Sends a signal to the process inside. */
  kill(signal: string): Promise<void>;
  /** The exit code, once there is one. */
  exitCode(): Promise<number>;
};

export type ProviderOptions = { command?: string[]; mounts?: string[] };

/**
 * Starts the provider as the stack does (no root, nothing writable, no
 * capability) on a free port of this machine's own network, so that it reaches
 * a database wherever a test put it. `command` replaces the server.
 */
export async function startProvider(
  env: Record<string, string>,
  { command = [], mounts = [] }: ProviderOptions = {},
): Promise<ProviderContainer> {
  const port = await freePort();
  const settings = Object.entries({ PORT: String(port), ...env }).flatMap(([key, value]) => [
    "-e",
    `${key}=${value}`,
  ]);
  const binds = mounts.flatMap((mount) => ["-v", mount]);
  const container = await startContainer(
    await providerImage(),
    ["--network=host", ...settings, ...binds],
    command,
  );
  return {
    baseUrl: `http://localhost:${port}`,
    logs: container.logs,
    kill: async (signal) => void (await docker("kill", "--signal", signal, container.name)),
    exitCode: async () => Number((await docker("wait", container.name)).trim()),
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}

/** Starts the provider and waits until it is ready. */
export async function startReadyProvider(
  env: Record<string, string>,
  options: ProviderOptions = {},
): Promise<ProviderContainer> {
  const provider = await startProvider(env, options);
  try {
    await waitFor("the provider is ready", () => isReady(provider.baseUrl), 20_000);
    return provider;
  } catch (error) {
    const logs = await provider.logs();
    await provider[Symbol.asyncDispose]();
    throw new Error(`${(error as Error).message}; its log:\n${logs}`);
  }
}

export async function isReady(baseUrl: string): Promise<boolean> {
  const answer = await fetch(`${baseUrl}/api/health`).catch(() => undefined);
  return answer?.status === 200;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
