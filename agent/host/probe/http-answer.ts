/** What is kept of a body where nothing else is said. */
const BODY_CHARACTERS = 300;
/** A head longer than this is none. */
const MAX_HEAD_BYTES = 64 * 1024;
const HEAD_END = "\r\n\r\n";

type Head = { status: number; bodyAt: number; length: number | undefined; chunked: boolean };

/** An answer by HTTP/1 in whatever pieces it comes: its status, and the beginning of its body. */
export class HttpAnswer {
  #bytes: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  readonly #kept: number;

  /** `kept`: characters of the body. */
  constructor(kept = BODY_CHARACTERS) {
    this.#kept = kept;
  }

  push(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    this.#head ??= headIn(this.#bytes);
  }

  /** undefined until the head is there. */
  get status(): number | undefined {
    return this.#head?.status;
  }

  /** Whether what came is the beginning of an answer at all. */
  get isHttp(): boolean {
    if (this.#head !== undefined) return true;
    const start = this.#bytes.toString("latin1", 0, 7);
    return start === "HTTP/1.".slice(0, start.length) && this.#bytes.length <= MAX_HEAD_BYTES;
  }

  /** Whether all is there that is kept. */
  get isComplete(): boolean {
    if (this.#head === undefined) return false;
    const { status, length } = this.#head;
    if (status === 204 || status === 304) return true;
    const { bytes, ended } = this.#body();
    return ended || bytes.length >= (length ?? this.#kept * 4) || this.text.length >= this.#kept;
  }

  /** The body as far as it is kept. */
  get text(): string {
    // A character that is cut off at the end is left out.
    const bytes = this.#body().bytes.subarray(0, this.#kept * 4);
    return new TextDecoder().decode(bytes, { stream: true }).slice(0, this.#kept);
  }

  /** "status 503: database down" */
  get detail(): string {
    return this.text === "" ? `status ${this.status}` : `status ${this.status}: ${this.text}`;
  }

  #body(): { bytes: Buffer; ended: boolean } {
    const bytes = this.#bytes.subarray(this.#head?.bodyAt ?? this.#bytes.length);
    if (this.#head?.chunked) return unchunked(bytes);
    return { bytes: bytes.subarray(0, this.#head?.length), ended: false };
  }
}

/** The first final head: those of 1xx come before it. */
function headIn(bytes: Buffer): Head | undefined {
  for (let at = 0; ; ) {
    const end = bytes.indexOf(HEAD_END, at);
    if (end < 0) return undefined;
    const text = bytes.toString("latin1", at, end);
    const status = Number(/^HTTP\/1\.\d (\d{3})(?: |\r|$)/.exec(text)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) return undefined;
    at = end + HEAD_END.length;
    if (status < 200 && status !== 101) continue;
    const length = /\r\ncontent-length: *(\d+) *(?:\r|$)/i.exec(text)?.[1];
    const chunked = /\r\ntransfer-encoding:[^\r]*\bchunked *(?:\r|$)/i.test(text);
    return { status, bodyAt: at, length: length === undefined ? undefined : Number(length), chunked };
  }
}

/** As far as the chunks make sense. */
function unchunked(bytes: Buffer): { bytes: Buffer; ended: boolean } {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (!(size > 0)) return { bytes: Buffer.concat(parts), ended: lineEnd >= 0 };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
