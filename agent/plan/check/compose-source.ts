import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
} from "yaml";
import type { Fault } from "../../config/fault.ts";

export type YamlPath = readonly (string | number)[];
type Place = { line: number; column: number };

/**
 * One compose file as a person wrote it, with the place of everything in it: `docker compose config` resolves a
 * model but tells no lines. Anchors and merge keys are followed to where they are written.
 */
export class ComposeSource {
  /** As faults name it. */
  readonly file: string;
  readonly text: string;
  /** Plain data, merge keys applied; undefined when the text is not YAML. */
  readonly data: unknown;
  readonly faults: readonly Fault[];
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();

  constructor(text: string, file: string) {
    this.file = file;
    this.text = text;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      merge: true,
      prettyErrors: false,
      // Compose's own tags (!reset, !override) are no fault.
      logLevel: "error",
    });
    this.faults = this.#document.errors.map((error) => {
      const { line, col } = this.#lines.linePos(error.pos[0]);
      const message = `not YAML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
      return { severity: "error", file, line, column: col, rule: "compose", message };
    });
    this.data = this.faults.length === 0 ? this.#document.toJS() : undefined;
  }

  has(path: YamlPath): boolean {
    return this.#find(path) !== undefined;
  }

  /** Of the key (for a list's element: of the element). */
  key(path: YamlPath): Place | undefined {
    const found = this.#find(path);
    return this.#place(found?.key ?? found?.value);
  }

  /** Of the value. */
  value(path: YamlPath): Place | undefined {
    const found = this.#find(path);
    return this.#place(found?.value) ?? this.#place(found?.key);
  }

  /** Of the key, or of the nearest one around it that is written here. */
  nearest(path: YamlPath): Place {
    for (let length = path.length; length > 0; length -= 1) {
      const place = this.key(path.slice(0, length));
      if (place !== undefined) return place;
    }
    return { line: 1, column: 1 };
  }

  #place(node: unknown): Place | undefined {
    if (!isNode(node) || node.range === null || node.range === undefined) return undefined;
    const { line, col } = this.#lines.linePos(node.range[0]);
    return { line, column: col };
  }

  #find(path: YamlPath): { key: unknown; value: unknown } | undefined {
    let found: { key: unknown; value: unknown } | undefined = {
      key: undefined,
      value: this.#document.contents,
    };
    for (const part of path) {
      found = this.#child(found.value, part);
      if (found === undefined) return undefined;
    }
    return found;
  }

  #child(node: unknown, part: string | number): { key: unknown; value: unknown } | undefined {
    const target = isAlias(node) ? node.resolve(this.#document) : node;
    if (isSeq(target)) {
      const item = target.items[Number(part)];
      return item === undefined ? undefined : { key: undefined, value: item };
    }
    if (!isMap(target)) return undefined;
    const own = target.items.find((pair) => keyOf(pair) === String(part));
    if (own !== undefined) return { key: own.key, value: own.value };
    const merges = target.items.filter((pair) => keyOf(pair) === "<<").map((pair) => pair.value);
    const sources = merges.flatMap((value) => (isSeq(value) ? value.items : [value]));
    return sources.map((source) => this.#child(source, part)).findLast((found) => found !== undefined);
  }
}

function keyOf(pair: unknown): string | undefined {
  if (!isPair(pair)) return undefined;
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}
