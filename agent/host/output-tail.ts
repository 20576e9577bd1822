/** Keeps the last `maxBytes` of what is pushed, in memory bounded by that plus one chunk. */
export class OutputTail {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #cut = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    let drop = 0;
    for (;;) {
      const first = this.#chunks[drop];
      if (first === undefined || this.#bytes - first.length < this.#maxBytes) break;
      this.#bytes -= first.length;
      this.#cut = true;
      drop += 1;
    }
    if (drop > 0) this.#chunks.splice(0, drop);
  }

  /** As UTF-8; a character that was cut in two at the front is left out. */
  text(): string {
    const whole = Buffer.concat(this.#chunks);
    let start = Math.max(0, whole.length - this.#maxBytes);
    if (start > 0 || this.#cut) {
      const limit = Math.min(whole.length, start + 3);
      while (start < limit && isContinuation(whole[start])) start += 1;
    }
    return whole.subarray(start).toString("utf8");
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
