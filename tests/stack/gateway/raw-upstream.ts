import { createServer, type Socket } from "node:net";

export type RawUpstream = AsyncDisposable & {
  readonly url: string;
  /** The head of each request, in order of arrival. */
  readonly heads: string[];
  /** Sockets that are open now. */
  open(): number;
};

/**
 * A service that answers with the bytes it is told: `answer` is called once a
 * request's head is complete, with the socket and with the first bytes after it.
 */
export async function rawUpstream(
  answer: (socket: Socket, head: string, rest: Buffer) => void,
): Promise<RawUpstream> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let seen = Buffer.alloc(0);
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.on("data", function onData(chunk: Buffer) {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.off("data", onData);
      const head = seen.subarray(0, end).toString("latin1");
      heads.push(head);
      answer(socket, head, seen.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the upstream has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    heads,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A whole answer that ends its connection. */
export function plainAnswer(body: string, ...headers: string[]): string {
  return [
    "HTTP/1.1 200 OK",
    `Content-Length: ${body.length}`,
    "Connection: close",
    ...headers,
    "",
    body,
  ].join("\r\n");
}
