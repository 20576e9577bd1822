import { connect, type Socket } from "node:net";
import { waitFor } from "../../support/wait-for.ts";

export type RawClient = Disposable & {
  readonly socket: Socket;
  /** Everything received so far, as latin1. */
  received(): string;
  /** Waits until the answer so far contains `text`. */
  sees(text: string, timeoutMs?: number): Promise<void>;
  closed(): boolean;
};

/** A connection to 127.0.0.1 on which `text` was sent as it is, for what `fetch` would not send or not show. */
export function rawClient(port: number, text: string): RawClient {
  let received = "";
  let closed = false;
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    closed = true;
  });
  return {
    socket,
    received: () => received,
    sees: async (wanted, timeoutMs = 5000) => {
      await waitFor(`"${wanted}" in ${JSON.stringify(received)}`, () => received.includes(wanted), timeoutMs);
    },
    closed: () => closed,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
