import { connect, createServer, type Socket } from "node:net";

export type Hop = AsyncDisposable & {
  readonly port: number;
  /** What is connected now hears nothing any more, not even an end; new connections work. */
  forgetConnections(): void;
};

/** A way to a port of this machine that behaves as when the machine behind an address is replaced. */
export async function openHop(targetPort: number): Promise<Hop> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(targetPort, "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) socket.on("error", () => {}).on("close", () => pairs.delete(pair));
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the hop has no port");
  return {
    port: address.port,
    forgetConnections() {
      for (const [near, far] of pairs) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of [...pairs].flat()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
