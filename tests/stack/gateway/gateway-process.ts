import { join } from "node:path";
import { waitFor } from "../../support/wait-for.ts";
import { OLD_PEPPER } from "./api-keys.ts";

const MAIN = join(import.meta.dir, "../../../stack/gateway/src/main.ts");

export type LogLine = { readonly level: string; readonly msg: string; readonly [fact: string]: unknown };

export type GatewayProcess = AsyncDisposable & {
  readonly baseUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Everything on stdout so far, a line each. */
  logs(): LogLine[];
  /** Everything on stderr so far: the gateway itself writes nothing there. */
  stderr(): string;
  signal(name: "SIGTERM" | "SIGINT"): void;
  readonly exited: Promise<number>;
};

export type Settings = Readonly<Record<string, string>>;

/** Starts the gateway from its sources on a free port, as its image does, and returns as soon as it listens. */
export async function startGateway(databaseUrl: string, settings: Settings = {}): Promise<GatewayProcess> {
  const child = Bun.spawn([process.execPath, MAIN], {
    env: {
      HOST: "127.0.0.1",
      PORT: "0",
      DATABASE_URL: databaseUrl,
      API_KEY_PEPPER: OLD_PEPPER.value,
      BUN_CONFIG_MAX_HTTP_REQUESTS: "65336",
      ...settings,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const logs = () =>
    out
      .text()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  const port = await waitFor("the gateway listens", () => {
    if (child.exitCode !== null) throw new Error(`the gateway ended: ${err.text()}`);
    return logs().find((line) => line.msg === "listening")?.port as number | undefined;
  });
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    logs,
    stderr: err.text,
    signal: (name) => child.kill(name),
    exited: child.exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Starts it and waits until it is ready. */
export async function startReadyGateway(
  databaseUrl: string,
  settings: Settings = {},
): Promise<GatewayProcess> {
  const gateway = await startGateway(databaseUrl, settings);
  try {
    await waitFor("the gateway is ready", () => isReady(gateway.baseUrl), 20_000);
    return gateway;
  } catch (error) {
    await gateway[Symbol.asyncDispose]();
    throw error;
  }
}

const isReady = async (baseUrl: string): Promise<boolean> => (await fetch(`${baseUrl}/actuator/health`)).ok;

/** Runs the gateway to its end, for settings it does not start with. */
export async function runGateway(env: Settings): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = Bun.spawn([process.execPath, MAIN], { env: { ...env }, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, stdout, stderr };
}

function collect(stream: ReadableStream<Uint8Array>): { text: () => string } {
  let text = "";
  const decoder = new TextDecoder();
  void (async () => {
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  })();
  return { text: () => text };
}
