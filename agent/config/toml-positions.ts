import { type KeyPart, type Position, TomlScanner } from "./toml-scanner.ts";

export type TomlPath = readonly (string | number)[];

/** One key, header part or list element, in the order of the text. Offsets count UTF-16 units from 0. */
export type TomlEntry = { path: TomlPath; keyOffset: number; valueOffset: number | undefined };

/**
 * Where each key and value of a TOML text stands; the parser itself tells values only.
 * For a table that several headers and dotted keys build up, the first mention counts.
 * On text that is not TOML it knows what came before the fault, and some of what follows.
 */
export class TomlPositions {
  readonly entries: readonly TomlEntry[];
  readonly #byPath = new Map<string, TomlEntry>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.entries = new Walk(text).document();
    for (const entry of this.entries) {
      const name = JSON.stringify(entry.path);
      const known = this.#byPath.get(name);
      if (known === undefined) this.#byPath.set(name, entry);
      else if (known.valueOffset === undefined && entry.valueOffset !== undefined) {
        this.#byPath.set(name, { ...known, valueOffset: entry.valueOffset });
      }
    }
  }

  has(path: TomlPath): boolean {
    return this.#byPath.has(JSON.stringify(path));
  }

  /** Of the key (for a list's element: of the element). */
  key(path: TomlPath): Position | undefined {
    const entry = this.#byPath.get(JSON.stringify(path));
    return entry && positionAt(this.#text, entry.keyOffset);
  }

  /** Of what follows the `=`; a table that has only headers stands where its header names it. */
  value(path: TomlPath): Position | undefined {
    const entry = this.#byPath.get(JSON.stringify(path));
    return entry && positionAt(this.#text, entry.valueOffset ?? entry.keyOffset);
  }

  /** Of the key, or of the nearest table around it that is written down, or the text's beginning. */
  nearest(path: TomlPath): Position {
    for (let length = path.length; length > 0; length--) {
      const found = this.key(path.slice(0, length));
      if (found !== undefined) return found;
    }
    return { line: 1, column: 1 };
  }
}

/** Line and column of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}

class Walk {
  readonly #scan: TomlScanner;
  readonly #entries: TomlEntry[] = [];
  /** Index of the last element of each `[[list]]`. */
  readonly #lists = new Map<string, number>();

  constructor(text: string) {
    this.#scan = new TomlScanner(text);
  }

  document(): TomlEntry[] {
    let table: TomlPath = [];
    for (;;) {
      this.#scan.skipBlank();
      if (this.#scan.done) return this.#entries;
      if (this.#scan.take("[[")) table = this.#header(true);
      else if (this.#scan.take("[")) table = this.#header(false);
      else if (!this.#assignment(table)) this.#scan.skipLine();
    }
  }

  #header(list: boolean): TomlPath {
    const parts = this.#scan.dottedKey();
    this.#scan.skipLine();
    let path: TomlPath = [];
    for (const [index, part] of parts.entries()) {
      path = [...path, part.name];
      this.#add(path, part.offset);
      path = this.#element(path, part.offset, list && index === parts.length - 1);
    }
    return path;
  }

  /** Steps into the current element of a `[[list]]`, or into a new one. */
  #element(path: TomlPath, offset: number, next: boolean): TomlPath {
    const name = JSON.stringify(path);
    const last = this.#lists.get(name);
    if (!next) return last === undefined ? path : [...path, last];
    const index = (last ?? -1) + 1;
    this.#lists.set(name, index);
    this.#add([...path, index], offset);
    return [...path, index];
  }

  /** `key = value`; false where no such thing stands. */
  #assignment(table: TomlPath): boolean {
    const parts = this.#scan.dottedKey();
    const last = parts.at(-1);
    if (last === undefined) return false;
    const path = this.#dotted(table, parts);
    if (!this.#scan.take("=")) {
      this.#add(path, last.offset);
      return false;
    }
    this.#scan.skipSpaces();
    this.#add(path, last.offset, this.#scan.offset);
    this.#value(path);
    return true;
  }

  /** Notes the tables on the way and returns the whole path. */
  #dotted(table: TomlPath, parts: readonly KeyPart[]): TomlPath {
    let path = table;
    for (const [index, part] of parts.entries()) {
      path = [...path, part.name];
      if (index < parts.length - 1) this.#add(path, part.offset);
    }
    return path;
  }

  #value(path: TomlPath): void {
    if (this.#scan.at('"') || this.#scan.at("'")) this.#scan.skipString();
    else if (this.#scan.take("[")) this.#list(path);
    else if (this.#scan.take("{")) this.#inlineTable(path);
    else this.#scan.skipBareValue();
  }

  #list(path: TomlPath): void {
    for (let index = 0; ; index++) {
      this.#scan.skipBlank();
      if (this.#scan.done || this.#scan.take("]")) return;
      const start = this.#scan.offset;
      this.#add([...path, index], start, start);
      this.#value([...path, index]);
      this.#scan.skipBlank();
      if (!this.#scan.take(",") && this.#scan.offset === start) return;
    }
  }

  #inlineTable(path: TomlPath): void {
    for (;;) {
      this.#scan.skipBlank();
      if (this.#scan.done || this.#scan.take("}")) return;
      if (!this.#assignment(path)) return;
      this.#scan.skipBlank();
      this.#scan.take(",");
    }
  }

  #add(path: TomlPath, keyOffset: number, valueOffset?: number): void {
    this.#entries.push({ path, keyOffset, valueOffset });
  }
}
