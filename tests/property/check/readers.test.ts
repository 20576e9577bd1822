import { expect, test } from "bun:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { ComposeSource } from "../../../agent/plan/check/compose-source.ts";
import { interpolate, variablesIn } from "../../../agent/plan/check/interpolate.ts";
import { boundSockets } from "../../../agent/plan/check/proc-net.ts";

const plain = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const tree = fc.letrec((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, plain, fc.integer(), tie("list"), tie("map")),
  list: fc.array(tie("node"), { maxLength: 3 }),
  map: fc.dictionary(plain, tie("node"), { maxKeys: 4, noNullPrototype: true }),
})).map;

test("every key of a compose file is found on the line where it is written", () => {
  fc.assert(
    fc.property(tree, fc.boolean(), (data, flow) => {
      const text = stringify(data, flow ? { collectionStyle: "flow" } : {});
      const source = new ComposeSource(text, "compose.yaml");
      const lines = text.split("\n");
      for (const path of pathsOf(data)) {
        const place = source.key(path);
        const key = path.at(-1);
        if (place === undefined) throw new Error(`${path.join(".")} is not found`);
        if (typeof key === "string") expect(lines[place.line - 1]?.slice(place.column - 1)).toStartWith(key);
      }
    }),
  );
});

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== "object" || value === null) return own;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...own, ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

test("any text is read as YAML or told where it is not", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...`ab:-&*!<>|"'[]{}#\n \t%@`) }), (text) => {
      const { faults, data } = new ComposeSource(text, "compose.yaml");
      if (faults.length > 0) expect(data).toBeUndefined();
      for (const { line } of faults) expect(line).toBeWithin(1, text.split("\n").length + 2);
    }),
    { numRuns: 500 },
  );
});

test("a text without a dollar stays as it is, and an escaped one is one dollar", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const escaped = text.replaceAll("$", "$$$$");
      expect(interpolate(escaped, {})).toBe(text);
      expect(variablesIn(escaped)).toEqual([]);
    }),
  );
});

test("a variable is its value when set, else its fallback, however deep that goes", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(plain, { minLength: 1, maxLength: 5 }),
      plain,
      fc.nat(5),
      (names, end, set) => {
        const text = names.reduceRight((inner, name) => `\${${name}:-${inner}}`, end);
        const name = names[set];
        expect(variablesIn(text).map((variable) => variable.name)).toEqual(names);
        expect(interpolate(text, {})).toBe(end);
        if (name !== undefined) expect(interpolate(text, { [name]: "VALUE" })).toBe("VALUE");
      },
    ),
  );
});

test("addresses of the kernel's socket tables are read back", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 1, max: 65_535 }), (address, port) => {
      const hex = (number: number, width: number) => number.toString(16).toUpperCase().padStart(width, "0");
      const reversed = address
        .split(".")
        .reverse()
        .map((part) => hex(Number(part), 2))
        .join("");
      const line = (local: string) =>
        `   0: ${local}:${hex(port, 4)} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1`;
      const mapped = `0000000000000000FFFF0000${reversed}`;
      for (const local of [reversed, mapped]) {
        expect(boundSockets(line(local), "tcp")).toEqual([{ address, port, inode: "4242" }]);
      }
    }),
  );
});
