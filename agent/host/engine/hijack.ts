import { connect, type Socket } from "node:net";
import { API_PREFIX } from "./engine-client.ts";
import { noDocker, type Request, refused } from "./engine-error.ts";

const HEAD_END = Buffer.from("\r\n\r\n");

type Conversation = {
  request: Request & { body: unknown };
  /** Written once the engine has agreed, then the sending half is closed. */
  stdin: string | undefined;
  timeoutMs: number;
  onChunk: (chunk: Uint8Array) => void;
};

/**
 * A call whose connection becomes a raw stream in both directions, which fetch cannot do: standard input needs its
 * own end while the output goes on. Resolves when the engine closes the stream or the time is up.
 * Errors: those of EngineClient.
 */
export function hijack(socket: string, conversation: Conversation): Promise<"ended" | "timeout"> {
  const { promise, resolve, reject } = Promise.withResolvers<"ended" | "timeout">();
  const connection = connect({ path: socket, allowHalfOpen: true });
  const timer = setTimeout(() => resolve("timeout"), conversation.timeoutMs);
  const receive = receiver(conversation, connection, reject);
  connection.on("connect", () => connection.write(head(conversation.request)));
  connection.on("data", receive.data);
  connection.on("end", () => receive.end(resolve));
  // Once the stream is open, a process that ends without reading its input closes it under our hands.
  connection.on("error", (thrown) =>
    receive.opened() ? resolve("ended") : reject(noDocker(socket, thrown)),
  );
  return promise.finally(() => {
    clearTimeout(timer);
    connection.destroy();
  });
}

/** The engine's answer: its head first; then chunks of the stream or, for a refusal, the reason. */
function receiver(conversation: Conversation, connection: Socket, reject: (error: Error) => void) {
  let received = Buffer.alloc(0);
  let status: number | undefined;
  const opened = () => status !== undefined && status < 300;
  const open = (at: number) => {
    status = Number(received.toString("latin1", 0, at).split(" ", 2)[1]);
    received = received.subarray(at + HEAD_END.length);
    if (!opened()) return;
    if (conversation.stdin !== undefined) connection.end(conversation.stdin);
    if (received.length > 0) conversation.onChunk(received);
  };
  const takeHead = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const at = status === undefined ? received.indexOf(HEAD_END) : -1;
    if (at >= 0) open(at);
    if (status !== undefined && !opened() && received.length > 0) refuse();
  };
  const refuse = () => reject(refused(conversation.request, status ?? 0, received));
  return {
    opened,
    data(chunk: Buffer): void {
      if (opened()) conversation.onChunk(chunk);
      else takeHead(chunk);
    },
    end: (done: (how: "ended") => void) => (opened() ? done("ended") : refuse()),
  };
}

function head(request: Conversation["request"]): string {
  const body = JSON.stringify(request.body);
  return [
    `POST ${API_PREFIX}${request.path} HTTP/1.1`,
    "Host: docker",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: Upgrade",
    "Upgrade: tcp",
    "",
    body,
  ].join("\r\n");
}
