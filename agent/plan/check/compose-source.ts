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
  visit,
} from "yaml";
import type { Fault } from "../../config/fault.ts";

export type YamlPath = readonly (string | number)[];
/** Far more than a person writes, and few enough for any machine. */
const MAX_ALIASES = 10_000;

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
    const errors = this.#document.errors.map((one) => this.#fault(one.pos[0], one.message));
    const faults = errors.length > 0 ? errors : this.#lostAliases();
    const read = faults.length > 0 ? undefined : this.#plain();
    this.data = read?.data;
    this.faults = read?.fault === undefined ? faults : [read.fault];
  }

  /** Aliases that multiply without end, or lead back into themselves, are no data. */
  #plain(): { data?: unknown; fault?: Fault } {
    try {
      const data: unknown = this.#document.toJS({ maxAliasCount: MAX_ALIASES });
      JSON.stringify(data);
      return { data };
    } catch {
      return { fault: this.#fault(0, "its aliases lead back into themselves, or are too many") };
    }
  }

  #fault(offset: number, message: string): Fault {
    const { line, col } = this.#lines.linePos(offset);
    const words = `not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
    return { severity: "error", file: this.file, line, column: col, rule: "compose", message: words };
  }

  #lostAliases(): Fault[] {
    const found: Fault[] = [];
    visit(this.#document, {
      Alias: (_key, alias) => {
        if (alias.resolve(this.#document) !== undefined) return;
        found.push(
          this.#fault(alias.range?.[0] ?? 0, `there is no anchor &${alias.source} before *${alias.source}`),
        );
      },
    });
    return found;
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
  // The value of a merge key is a symbol; what is written tells it from all others.
  return isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : undefined;
}
