import { API_PREFIX } from "./engine-client.ts";
import { noDocker, type Request, refused } from "./engine-error.ts";

const HEAD_END = Buffer.from("\r\n\r\n");

type Conversation = {
  request: Request & { body: unknown };
  /** Written once the engine has agreed, then the sending half is closed. */
  stdin: string | undefined;
  timeoutMs: number;
  /** The bytes are the receiver's only until it returns. */
  onChunk: (chunk: Uint8Array) => void;
};

/**
 * A call whose connection becomes a raw stream in both directions, which fetch cannot do: standard input needs its
 * own end while the output goes on. Resolves when the engine closes the stream or the time is up. By Bun's sockets:
 * node's take 1.8 MB of private memory, of a daemon that asks a database this way.
 * Errors: those of EngineClient.
 */
export function hijack(socket: string, conversation: Conversation): Promise<"ended" | "timeout"> {
  const { promise, resolve, reject } = Promise.withResolvers<"ended" | "timeout">();
  const timer = setTimeout(() => resolve("timeout"), conversation.timeoutMs);
  const outgoing = new Outgoing();
  const receive = receiver(conversation, outgoing, reject);
  // Once the stream is open, a process that ends without reading its input closes it under our hands.
  const broken = (thrown: unknown) =>
    receive.opened() ? resolve("ended") : reject(noDocker(socket, thrown));
  const handlers: Bun.SocketHandler<undefined> = {
    open(opened) {
      outgoing.to = opened;
      outgoing.send(head(conversation.request));
    },
    drain: () => outgoing.flush(),
    data: (_, chunk) => receive.data(chunk),
    end: () => receive.end(resolve),
    close: () => receive.end(resolve),
    error: (_, thrown) => broken(thrown),
  };
  Bun.connect({ unix: socket, allowHalfOpen: true, socket: handlers }).catch(broken);
  return promise.finally(() => {
    clearTimeout(timer);
    outgoing.to?.terminate();
  });
}

/** What is to be sent, as the kernel takes it. */
class Outgoing {
  to: Bun.Socket<undefined> | undefined;
  #left: Uint8Array = new Uint8Array();
  #last = false;

  /** `last`: nothing follows, which the other side is told. */
  send(text: string, last = false): void {
    this.#left = Buffer.concat([this.#left, Buffer.from(text)]);
    this.#last = last;
    this.flush();
  }

  flush(): void {
    if (this.to === undefined) return;
    if (this.#left.length > 0) this.#left = this.#left.subarray(Math.max(0, this.to.write(this.#left)));
    if (this.#left.length > 0 || !this.#last) return;
    this.#last = false;
    this.to.shutdown();
  }
}

/** The engine's answer: its head first; then chunks of the stream or, for a refusal, the reason. */
function receiver(conversation: Conversation, outgoing: Outgoing, reject: (error: Error) => void) {
  let received = Buffer.alloc(0);
  let status: number | undefined;
  const opened = () => status !== undefined && status < 300;
  const open = (at: number) => {
    status = Number(received.toString("latin1", 0, at).split(" ", 2)[1]);
    received = received.subarray(at + HEAD_END.length);
    if (!opened()) return;
    if (conversation.stdin !== undefined) outgoing.send(conversation.stdin, true);
    if (received.length > 0) conversation.onChunk(received);
  };
  const takeHead = (chunk: Uint8Array) => {
    received = Buffer.concat([received, chunk]);
    const at = status === undefined ? received.indexOf(HEAD_END) : -1;
    if (at >= 0) open(at);
    if (status !== undefined && !opened() && received.length > 0) refuse();
  };
  const refuse = () => reject(refused(conversation.request, status ?? 0, received));
  return {
    opened,
    data(chunk: Uint8Array): void {
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
