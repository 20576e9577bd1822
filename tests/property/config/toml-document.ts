import fc from "fast-check";

/** A document made piece by piece, with where each key and value was written. */
export type WrittenDocument = {
  text: string;
  places: { path: (string | number)[]; key: number; value: number | undefined }[];
};

type Node = { kind: "scalar"; text: string } | { kind: "list"; items: Node[]; tall: boolean } | Table;
type Table = { kind: "table"; entries: [string, Node][]; style: "header" | "dotted" | "inline" };

const scalar = fc
  .constantFrom(
    "1",
    "-2.5",
    "true",
    "1979-05-27T07:32:00Z",
    '"plain"',
    '"# no comment, ] } = \\" [x]"',
    "'lit\\'",
    '"""\n[a.b]\nkey = 1\n"quoted" \\""" x\n"""',
    "'''\n[not.a]\nheader = '' 1\n'''",
    '""',
    "''",
    '"ünïcode 😀"',
  )
  .map((text): Node => ({ kind: "scalar", text }));

const name = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/) },
  { weight: 1, arbitrary: fc.constantFrom("a b", "x.y", "#", "[z]", "=", 'q"q', "é", "😀", "") },
);

const { table } = fc.letrec<{ node: Node; table: Table; list: Node }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, scalar, tie("list"), tie("table")),
  // TOML 0.5 wants one type in a list: lists of texts and of inline tables.
  list: fc.record({
    kind: fc.constant("list" as const),
    items: fc.oneof(
      fc.array(fc.constantFrom<Node>({ kind: "scalar", text: '"a, ]"' }, { kind: "scalar", text: "'b#'" }), {
        maxLength: 3,
      }),
      fc.array(tie("table"), { maxLength: 2 }),
    ),
    tall: fc.boolean(),
  }),
  table: fc.record({
    kind: fc.constant("table" as const),
    entries: fc.uniqueArray(fc.tuple(name, tie("node")), { maxLength: 4, selector: ([key]) => key }),
    style: fc.constantFrom("header" as const, "dotted" as const, "inline" as const),
  }),
}));

/** Documents with every way of writing a table, and strings full of what looks like TOML. */
export const tomlDocument: fc.Arbitrary<WrittenDocument> = fc
  .tuple(table, fc.constantFrom("\n", "\r\n", "\n\n# a [comment] = 'x\n"))
  .map(([root, newline]) => new Writer(newline).document(root));

class Writer {
  #text = "";
  readonly #places: WrittenDocument["places"] = [];
  readonly #newline: string;

  constructor(newline: string) {
    this.#newline = newline;
  }

  document(root: Table): WrittenDocument {
    this.#body(root, []);
    return { text: this.#text, places: this.#places };
  }

  /** Assignments first, then the tables with headers: what follows a header belongs to it. */
  #body(node: Table, path: string[]): void {
    const own = node.entries.filter(([, value]) => !isHeader(value));
    for (const [key, value] of own) this.#line(() => this.#assign(path, [], key, value, false));
    for (const [key, value] of node.entries.filter(([, one]) => isHeader(one))) {
      this.#line(() => this.#header([...path, key]));
      this.#body(value as Table, [...path, key]);
    }
  }

  #header(path: string[]): void {
    this.#text += "[ ";
    for (const [index, part] of path.entries()) {
      if (index > 0) this.#text += " . ";
      this.#place(path.slice(0, index + 1));
      this.#text += quoted(part);
    }
    this.#text += " ]  # [tail]";
  }

  #assign(
    path: (string | number)[],
    prefix: { path: (string | number)[]; name: string }[],
    key: string,
    value: Node,
    inline: boolean,
  ): void {
    const at = [...path, key];
    if (value.kind === "table" && value.style === "dotted" && value.entries.length > 0) {
      for (const [index, [inner, node]] of value.entries.entries()) {
        if (index > 0) this.#text += inline ? ", " : this.#newline;
        this.#assign(at, [...prefix, { path: at, name: key }], inner, node, inline);
      }
      return;
    }
    for (const part of prefix) {
      this.#place(part.path);
      this.#text += `${quoted(part.name)}.`;
    }
    const place = this.#place(at);
    this.#text += `${quoted(key)} = `;
    place.value = this.#text.length;
    this.#value(at, value, inline);
  }

  #value(path: (string | number)[], value: Node, inline: boolean): void {
    if (value.kind === "scalar") this.#text += value.text;
    else if (value.kind === "table") this.#inline(path, value);
    else this.#list(path, value, inline);
  }

  #inline(path: (string | number)[], value: Table): void {
    this.#text += "{ ";
    for (const [index, [key, node]] of value.entries.entries()) {
      if (index > 0) this.#text += " , ";
      this.#assign(path, [], key, node, true);
    }
    this.#text += " }";
  }

  #list(path: (string | number)[], value: Node & { kind: "list" }, inline: boolean): void {
    const gap = value.tall && !inline ? this.#newline : " ";
    this.#text += `[${gap}`;
    for (const [index, item] of value.items.entries()) {
      const place = this.#place([...path, index]);
      place.value = place.key;
      this.#value([...path, index], item, inline);
      this.#text += `,${gap}`;
    }
    this.#text += "]";
  }

  #place(path: (string | number)[]): WrittenDocument["places"][number] {
    const place = { path, key: this.#text.length, value: undefined as number | undefined };
    const first = this.#places.find((one) => JSON.stringify(one.path) === JSON.stringify(path));
    if (first === undefined) this.#places.push(place);
    return first ?? place;
  }

  #line(write: () => void): void {
    this.#text += "  ";
    write();
    this.#text += this.#newline;
  }
}

function isHeader(value: Node): boolean {
  return value.kind === "table" && value.style === "header";
}

function quoted(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}
