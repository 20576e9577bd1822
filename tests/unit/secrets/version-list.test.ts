import { expect, test } from "bun:test";
import { readVersionList } from "../../../agent/plan/version-list.ts";

test("a list is read with its blanks left out, and a value may have colons", () => {
  expect(readVersionList(" 2:new:er, 1: old\n")).toEqual({
    kind: "list",
    versions: [
      { n: 2, value: "new:er" },
      { n: 1, value: "old" },
    ],
  });
});

test.each(["", "plain", "a:b", ":1", "a,b", "-1:a", "one:1,two:2"])("%j is one value", (text) => {
  expect(readVersionList(text)).toEqual({ kind: "bare" });
});

test.each([
  ["2:hidden,old", "entry 2 is not"],
  ["0:hidden", "entry 1 is not"],
  ["12:", "entry 1 is not"],
  ["3:hidden,", "entry 2 is not"],
  ["1234567890:hidden", "entry 1 is not"],
  ["1:hidden,01:hidden", "a version twice"],
])("%j begins as one and is none, and says so without a word of it", (text, why) => {
  const read = readVersionList(text);
  expect(read).toMatchObject({ kind: "fault", why: expect.stringContaining(why) });
  expect(JSON.stringify(read)).not.toContain("hidden");
});
