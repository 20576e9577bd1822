/** Header of one frame: the stream's number, three zero bytes, and the payload's length as 32 bits big-endian. */
const HEADER_BYTES = 8;

/**
 * Takes apart the stream in which the engine sends the output of a container without a terminal. Payloads are
 * handed on as they come, in pieces where a frame does, so that a frame of any size needs no memory.
 */
export class FrameDecoder {
  readonly #onPayload: (payload: Uint8Array, from: "stdout" | "stderr") => void;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  #payloadBytes = 0;

  constructor(onPayload: (payload: Uint8Array, from: "stdout" | "stderr") => void) {
    this.#onPayload = onPayload;
  }

  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#payloadBytes > 0 ? this.#takePayload(rest) : this.#takeHeader(rest);
  }

  #takeHeader(rest: Uint8Array): Uint8Array {
    const part = rest.subarray(0, HEADER_BYTES - this.#headerBytes);
    this.#header.set(part, this.#headerBytes);
    this.#headerBytes += part.length;
    if (this.#headerBytes === HEADER_BYTES) {
      this.#payloadBytes = new DataView(this.#header.buffer).getUint32(4);
      this.#headerBytes = 0;
    }
    return rest.subarray(part.length);
  }

  #takePayload(rest: Uint8Array): Uint8Array {
    const part = rest.subarray(0, this.#payloadBytes);
    this.#payloadBytes -= part.length;
    this.#onPayload(part, this.#header[0] === 2 ? "stderr" : "stdout");
    return rest.subarray(part.length);
  }
}
