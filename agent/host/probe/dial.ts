/** What a connection tells; nothing more after `ended`. */
export type Wire = {
  opened(connection: Connection): void;
  data(bytes: Uint8Array): void;
  /** Closed by the other side, or `failure`: never opened, or broken. Not called after `close`. */
  ended(failure: unknown): void;
};

export type Connection = {
  /** For what fits into the kernel's buffer of a new connection. */
  send(text: string): void;
  /** Also while it is being opened; may be called again. */
  close(): void;
  /** It no longer keeps the agent from ending. */
  unref(): void;
};

/** Connections that were given up before they were opened, by address. */
const abandoned = new Map<string, number>();

/**
 * Opens a TCP connection. Bun's own sockets cost half of node's, which counts where it is done every second for
 * months; but they cannot be given up before they are open, which lasts two minutes where a frozen process' backlog is
 * full. So an address where that has happened is dialled by node until those attempts have ended.
 */
export function dial(address: string, port: number, wire: Wire): Connection {
  const where = `${address} ${port}`;
  return abandoned.has(where) ? dialByNode(address, port, wire) : dialByBun(address, port, wire, where);
}

function dialByBun(address: string, port: number, wire: Wire, where: string): Connection {
  let socket: Bun.Socket | undefined;
  let closed = false;
  // Never before the caller has its connection: an address without a route fails while it is being dialled.
  const end = (failure: unknown) =>
    queueMicrotask(() => {
      if (!closed) wire.ended(failure);
      closed = true;
    });
  const attempt = Bun.connect({
    hostname: address,
    port,
    socket: {
      open(opened) {
        socket = opened;
        if (closed) opened.terminate();
        else wire.opened(connection);
      },
      data: (_, bytes) => wire.data(bytes),
      close: () => end(undefined),
      error: (_, error) => end(error),
      connectError: (_, error) => end(error),
    },
  });
  // Its failure has come by connectError already.
  const settled = attempt.then(
    () => {},
    (thrown) => end(thrown),
  );
  const connection: Connection = {
    send: (text) => void socket?.write(text),
    unref: () => socket?.unref(),
    close() {
      if (!closed && socket === undefined) abandon(where, settled);
      closed = true;
      socket?.terminate();
    },
  };
  return connection;
}

function abandon(where: string, settled: Promise<void>): void {
  abandoned.set(where, (abandoned.get(where) ?? 0) + 1);
  void settled.then(() => {
    const left = (abandoned.get(where) ?? 1) - 1;
    if (left > 0) abandoned.set(where, left);
    else abandoned.delete(where);
  });
}

function dialByNode(address: string, port: number, wire: Wire): Connection {
  // Loaded only here: 1.6 MB of private memory for what hardly ever happens.
  const { connect } = process.getBuiltinModule("node:net");
  const socket = connect({ host: address, port });
  let closed = false;
  const end = (failure: unknown) => {
    if (!closed) wire.ended(failure);
    closed = true;
  };
  const connection: Connection = {
    send: (text) => void socket.write(text),
    unref: () => void socket.unref(),
    close() {
      closed = true;
      socket.destroy();
    },
  };
  socket.on("connect", () => wire.opened(connection));
  socket.on("data", (bytes: Buffer) => wire.data(bytes));
  socket.on("error", end);
  socket.on("close", () => end(undefined));
  return connection;
}
