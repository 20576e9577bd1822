import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tempFolder } from "./temp-folder.ts";
import type { TestProject } from "./test-project.ts";

const ENGINE = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace("unix://", "");

/** A socket in front of the machine's engine that fails in the ways that engines do; the engine itself stays well. */
export type FaultyEngine = AsyncDisposable & {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** Bytes stop flowing, connections stay and new ones are taken: an engine that hangs. */
  freeze(): void;
  thaw(): void;
  /** The socket is not there, and every connection breaks. */
  remove(): void;
  restore(): Promise<void>;
  /** Every stream of events breaks; nothing else does. */
  cutEvents(): void;
  /** From now on streams that are open, or opened, tell nothing more; `false`: new ones do. */
  swallowEvents(swallow: boolean): void;
  /** Tells an event to everybody who listens. */
  tell(event: object): void;
  /** From now on answers say `by` for `words`, of the same length. */
  misquote(words: string, by: string): void;
  /** Streams of events that were asked for so far. */
  readonly streams: number;
};

type Connection = { client: Socket; engine: Socket; isEvents: boolean; isDeaf: boolean };

export async function faultyEngine(): Promise<FaultyEngine> {
  const folder = tempFolder();
  const path = folder.at("docker.sock");
  const connections = new Set<Connection>();
  let [frozen, swallowing, streams] = [false, false, 0];
  let misquoted = (said: Buffer) => said;

  const take = (client: Socket) => {
    const engine = connect({ path: ENGINE, allowHalfOpen: true });
    const connection: Connection = { client, engine, isEvents: false, isDeaf: false };
    connections.add(connection);
    client.on("data", (data: Buffer) => {
      if (!connection.isEvents && /^GET \S*\/events\?/.test(data.toString("latin1"))) {
        connection.isEvents = true;
        connection.isDeaf = swallowing;
        streams += 1;
      }
      engine.write(data);
    });
    let answered = false;
    engine.on("data", (data: Buffer) => {
      // The engine agrees at once; what it tells comes afterwards.
      if (!connection.isDeaf || !answered) client.write(misquoted(data));
      answered = true;
    });
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      if (frozen) from.pause();
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        connections.delete(connection);
        to.destroy();
      });
    }
  };
  const listen = async (): Promise<Server> => {
    const made = createServer({ allowHalfOpen: true }, take);
    await new Promise<void>((done) => made.listen(path, done));
    return made;
  };
  const cut = (which: (connection: Connection) => boolean) => {
    for (const connection of connections)
      if (which(connection)) {
        connection.client.destroy();
        connection.engine.destroy();
      }
  };
  const halt = (halted: boolean) => {
    frozen = halted;
    for (const { client, engine } of connections)
      for (const socket of [client, engine]) halted ? socket.pause() : socket.resume();
  };
  let server = await listen();
  return {
    address: `unix://${path}`,
    freeze: () => halt(true),
    thaw: () => halt(false),
    remove() {
      server.close();
      rmSync(path, { force: true });
      cut(() => true);
    },
    async restore() {
      server = await listen();
    },
    cutEvents: () => cut(({ isEvents }) => isEvents),
    swallowEvents(swallow) {
      swallowing = swallow;
      if (swallow) for (const connection of connections) connection.isDeaf ||= connection.isEvents;
    },
    tell(event) {
      const line = `${JSON.stringify(event)}\n`;
      const chunk = `${Buffer.byteLength(line).toString(16)}\r\n${line}\r\n`;
      for (const { client, isEvents } of connections) if (isEvents) client.write(chunk);
    },
    misquote(words, by) {
      if (words.length !== by.length) throw new Error("an answer of another length is none");
      misquoted = (said) => Buffer.from(said.toString("latin1").replaceAll(words, by), "latin1");
    },
    get streams() {
      return streams;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      cut(() => true);
      folder[Symbol.dispose]();
    },
  };
}

/** Starts the agent of a project, with that engine for its. */
export function startBehind(
  engine: FaultyEngine,
  { start }: Pick<TestProject, "start">,
): TestProject["start"] {
  return async (...args) => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = engine.address;
    try {
      return await start(...args);
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
    }
  };
}
