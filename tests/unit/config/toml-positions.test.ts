import { expect, test } from "bun:test";
import { TomlPositions } from "../../../agent/config/toml-positions.ts";

test("each element of a list of tables has its own places", () => {
  const text = `[[fruit]]
name = "apple"
[[fruit.kind]]
name = "red"
[fruit.kind.taste]
sweet = true
[[fruit]]
name = "pear"
[[fruit.kind]]
name = "green"
`;
  const positions = new TomlPositions(text);
  expect(positions.key(["fruit"])).toEqual({ line: 1, column: 3 });
  expect(positions.key(["fruit", 0, "name"])).toEqual({ line: 2, column: 1 });
  expect(positions.value(["fruit", 0, "kind", 0, "name"])).toEqual({ line: 4, column: 8 });
  expect(positions.key(["fruit", 0, "kind", 0, "taste", "sweet"])).toEqual({ line: 6, column: 1 });
  expect(positions.key(["fruit", 1])).toEqual({ line: 7, column: 3 });
  expect(positions.value(["fruit", 1, "kind", 0, "name"])).toEqual({ line: 10, column: 8 });
});

test("a path that is not written stands at the nearest table around it", () => {
  const positions = new TomlPositions('a = 1\n[b.c]\nd = "x"\n');
  expect(positions.nearest(["b", "c", "missing", "deeper"])).toEqual({ line: 2, column: 4 });
  expect(positions.nearest(["nowhere"])).toEqual({ line: 1, column: 1 });
});
