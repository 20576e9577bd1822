import { resolve } from "node:path";
import type { LoadResult } from "../support/load.ts";

const LOADER = resolve(import.meta.dir, "load-process.ts");
const PER_SECOND = 200;

type Loads = {
  /** The load, and a control load of the same rate on a server that nothing happens to. */
  stop(): Promise<{ load: LoadResult; control: LoadResult }>;
};

/** Starts both loads at the same moment: gaps of a busy machine are in both. */
export function startLoads(url: string, headers: Readonly<Record<string, string>> = {}): Loads {
  const control = Bun.spawn([process.execPath, resolve(import.meta.dir, "control-server.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const started = (async () => {
    const port = await firstLine(control.stdout);
    return [loader(url, headers), loader(`http://127.0.0.1:${port}`, {})] as const;
  })();
  return {
    async stop() {
      const [load, other] = await started;
      load.stdin.end();
      other.stdin.end();
      const [a, b] = await Promise.all([load.stdout.json(), other.stdout.json()]);
      control.kill();
      await control.exited;
      return { load: a as LoadResult, control: b as LoadResult };
    },
  };
}

function loader(url: string, headers: Readonly<Record<string, string>>) {
  const pairs = Object.entries(headers).map(([name, value]) => `${name}=${value}`);
  return Bun.spawn([process.execPath, LOADER, url, String(PER_SECOND), ...pairs], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const { value } = await stream.getReader().read();
  return new TextDecoder().decode(value).trim();
}
