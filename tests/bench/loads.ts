import { resolve } from "node:path";
import type { LoadResult } from "../support/load.ts";

const LOADER = resolve(import.meta.dir, "load-process.ts");

type Headers = Readonly<Record<string, string>>;

type Options = {
  /** 200 by default. */
  perSecond?: number;
  /** In turn; both by default. */
  methods?: readonly ("GET" | "POST")[];
};

type Loader = { stop(): Promise<LoadResult> };

type Loads = {
  /** The load, and a control load of the same rate on a server that nothing happens to. */
  stop(): Promise<{ load: LoadResult; control: LoadResult }>;
};

/** Starts both loads at the same moment: gaps of a busy machine are in both. */
export function startLoads(url: string, headers: Headers = {}, options: Options = {}): Loads {
  const control = Bun.spawn([process.execPath, resolve(import.meta.dir, "control-server.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const started = (async () => {
    const port = await firstLine(control.stdout);
    return [
      startLoader(url, headers, options),
      startLoader(`http://127.0.0.1:${port}`, {}, options),
    ] as const;
  })();
  return {
    async stop() {
      const [a, b] = await Promise.all((await started).map((loader) => loader.stop()));
      control.kill();
      await control.exited;
      return { load: a as LoadResult, control: b as LoadResult };
    },
  };
}

/** One load, in a process of its own. */
export function startLoader(
  url: string,
  headers: Headers,
  { perSecond = 200, methods = ["GET", "POST"] }: Options = {},
): Loader {
  const pairs = Object.entries(headers).map(([name, value]) => `${name}=${value}`);
  const child = Bun.spawn([process.execPath, LOADER, url, String(perSecond), methods.join(","), ...pairs], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return {
    async stop() {
      child.stdin.end();
      return (await child.stdout.json()) as LoadResult;
    },
  };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const { value } = await stream.getReader().read();
  return new TextDecoder().decode(value).trim();
}
