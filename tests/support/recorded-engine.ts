import { connect, createServer } from "node:net";
import { tempFolder } from "./temp-folder.ts";

const ENGINE = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace("unix://", "");
const REQUEST_LINE = /(?:^|\r\n)(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\S+) HTTP\/1\.1\r\n/g;

/** What stands between two calls on one connection: a request without a body ends so. */
const KEPT_CHARACTERS = 8_192;

export type RecordedEngine = AsyncDisposable & {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** "METHOD /path" of every call so far. */
  readonly calls: readonly string[];
  /** Bytes that the engine has answered so far, events among them. */
  readonly answeredBytes: number;
};

/** A socket of its own in front of the machine's engine: what is sent there is passed on and written down. */
export async function recordedEngine(): Promise<RecordedEngine> {
  const folder = tempFolder();
  const calls: string[] = [];
  let answeredBytes = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: ENGINE, allowHalfOpen: true });
    let unread = "";
    client.on("data", (data: Buffer) => {
      unread = (unread + data.toString("latin1")).slice(-KEPT_CHARACTERS);
      for (const match of unread.matchAll(REQUEST_LINE)) {
        calls.push(`${match[1]} ${match[2]}`);
        unread = "";
      }
    });
    client.pipe(engine);
    engine.on("data", (data: Buffer) => {
      answeredBytes += data.length;
    });
    engine.pipe(client);
    client.on("error", () => engine.destroy());
    engine.on("error", () => client.destroy());
  });
  const path = folder.at("docker.sock");
  await new Promise<void>((done) => server.listen(path, done));
  return {
    ...{ calls, address: `unix://${path}` },
    get answeredBytes() {
      return answeredBytes;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      folder[Symbol.dispose]();
    },
  };
}
