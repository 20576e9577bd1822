import { createConnection, createServer, type Socket } from "node:net";

export type TcpProxy = {
  readonly port: number;
  /** Bytes stop flowing, connections stay: a server that hangs. */
  freeze(): void;
  /** What was held back is delivered, and bytes flow again. */
  thaw(): void;
  /** Every connection breaks and new ones are refused: a server that is gone. */
  cut(): void;
  /** New connections are taken again. */
  mend(): void;
  close(): Promise<void>;
};

/** A hop on 127.0.0.1 to host:port that can be made to fail in the ways that networks and servers do. */
export async function tcpProxy(target: { host: string; port: number }, port = 0): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let refusing = false;
  let frozen = false;

  const server = createServer((near) => {
    if (refusing) return near.resetAndDestroy();
    const far = createConnection(target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      if (frozen) from.pause();
      from.on("data", (chunk) => to.write(chunk));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy got no port");

  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    cut() {
      refusing = true;
      cutAll();
    },
    mend() {
      refusing = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutAll();
      }),
  };
}
