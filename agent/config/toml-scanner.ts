/** A place in a text; both count from 1, columns in UTF-16 units as editors do. */
export type Position = { line: number; column: number };

export type KeyPart = { name: string; offset: number };

const BARE_KEY = /[A-Za-z0-9_-]/;

/**
 * A cursor over TOML text that only finds its way: where keys and values begin and end.
 * It judges nothing. On text that is not TOML its answers are best effort, and every
 * method either moves forward or stands at the end.
 */
export class TomlScanner {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.offset >= this.text.length;
  }

  at(literal: string): boolean {
    return this.text.startsWith(literal, this.offset);
  }

  take(literal: string): boolean {
    if (!this.at(literal)) return false;
    this.offset += literal.length;
    return true;
  }

  skipSpaces(): void {
    while (this.at(" ") || this.at("\t")) this.offset++;
  }

  /** Spaces, line ends and comments. */
  skipBlank(): void {
    while (!this.done) {
      if (this.at("#")) this.skipLine();
      else if (/\s/.test(this.text.charAt(this.offset))) this.offset++;
      else return;
    }
  }

  /** To the end of the line, in front of its newline. */
  skipLine(): void {
    const end = this.text.indexOf("\n", this.offset);
    this.offset = end === -1 ? this.text.length : end;
  }

  /** `a."b c".'d'`: each part with where it begins. Empty where no key stands. */
  dottedKey(): KeyPart[] {
    const parts: KeyPart[] = [];
    do {
      this.skipSpaces();
      const offset = this.offset;
      const name = this.#keyPart();
      if (name === undefined) break;
      parts.push({ name, offset });
      this.skipSpaces();
    } while (this.take("."));
    return parts;
  }

  #keyPart(): string | undefined {
    const start = this.offset;
    if (this.at('"') || this.at("'")) {
      const literal = this.at("'");
      this.skipString();
      const inner = this.text.slice(start + 1, this.offset - 1);
      return literal ? inner : unescaped(inner);
    }
    while (BARE_KEY.test(this.text.charAt(this.offset))) this.offset++;
    return this.offset === start ? undefined : this.text.slice(start, this.offset);
  }

  /** Over a string of any of the four forms. */
  skipString(): void {
    const quote = this.text.charAt(this.offset);
    const fence = quote.repeat(3);
    const close = this.take(fence) ? fence : quote;
    if (close === quote) this.offset++;
    while (!this.done && !this.at(close)) {
      if (close === quote && this.at("\n")) return;
      this.offset += quote === '"' && this.at("\\") ? 2 : 1;
    }
    this.take(close);
    // A multi-line string may end in one or two quotes of its own: `"""He said "no""""`.
    if (close === fence) while (this.take(quote));
    this.offset = Math.min(this.offset, this.text.length);
  }

  /** Over a number, date or boolean; stops before what ends a value. */
  skipBareValue(): void {
    while (!this.done && !/[,\]}#\n]/.test(this.text.charAt(this.offset))) this.offset++;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r" };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_all, short, long, single) => {
    const digits: string | undefined = short ?? long;
    if (digits === undefined) return ESCAPES[single] ?? single;
    const point = Number.parseInt(digits, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : "";
  });
}
