import { createConnection, createServer, type Socket } from "node:net";

export type SocksServer = { close(): Promise<void> };

const VERSION = 5;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
/** Bytes of a request before its address: version, command, reserved, kind of address. */
const HEAD = 4;

/**
 * The little of SOCKS 5 (RFC 1928) that Chromium speaks to a proxy without a
 * password, on a Unix socket: connections go out from this process.
 */
export async function socksServer(path: string): Promise<SocksServer> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    track(near, sockets);
    near.once("data", () => {
      near.write(Uint8Array.of(VERSION, 0));
      near.once("data", (request) => relay(near, target(Buffer.from(request as Uint8Array)), sockets));
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function relay(near: Socket, to: { host: string; port: number } | undefined, sockets: Set<Socket>): void {
  if (!to) return void near.destroy();
  const far = createConnection(to, () => {
    near.write(Uint8Array.of(VERSION, 0, 0, IPV4, 0, 0, 0, 0, 0, 0));
    near.pipe(far);
    far.pipe(near);
  });
  track(far, sockets);
  far.on("close", () => near.destroy());
  near.on("close", () => far.destroy());
}

function target(request: Buffer): { host: string; port: number } | undefined {
  if (request[0] !== VERSION || request[1] !== CONNECT) return undefined;
  if (request[3] === IPV4) {
    return { host: request.subarray(HEAD, HEAD + 4).join("."), port: request.readUInt16BE(HEAD + 4) };
  }
  if (request[3] !== NAME) return undefined;
  const length = request[HEAD] ?? 0;
  const host = request.subarray(HEAD + 1, HEAD + 1 + length).toString("ascii");
  return { host, port: request.readUInt16BE(HEAD + 1 + length) };
}

function track(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => sockets.delete(socket));
}
