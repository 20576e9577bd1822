import { expect, test } from "bun:test";
import { parseDotenv, writeDotenv } from "../../../agent/plan/dotenv.ts";

const values = (text: string) =>
  Object.fromEntries(parseDotenv(text).entries.map(({ name, value }) => [name, value]));

test("plain values end at a comment or at the line's end", () => {
  expect(values("A=1\n B = two words \nC=a#b # c\nD=\nE= # nothing\nF=#x\r\nexport G=7\nH: 8")).toEqual({
    A: "1",
    B: "two words",
    C: "a#b",
    D: "",
    E: "",
    F: "#x",
    G: "7",
    H: "8",
  });
});

test("single quotes keep everything, also newlines and dollars", () => {
  expect(values("A='a \"b\" $C # d\nsecond'\nB='it\\'s' # comment\nC='\\n'")).toEqual({
    A: 'a "b" $C # d\nsecond',
    B: "it's",
    C: "\\n",
  });
});

test("double quotes know the escapes that Compose knows", () => {
  expect(values('A="a\\nb\\t\\"c\\" \\$D \\\\ \\q"\nB="two\nlines"')).toEqual({
    A: 'a\nb\t"c" $D \\ \\q',
    B: "two\nlines",
  });
});

test("comments and empty lines say nothing", () => {
  expect(parseDotenv("\uFEFF# A=1\n\n  # B=2\n")).toEqual({ entries: [], faults: [] });
});

test("what would be replaced by Compose is marked", () => {
  const { entries } = parseDotenv('A=a$B\nB="$(C)"\nC=\'$D\'\nD="\\$E"\nE=5$\nF=a$5');
  expect(entries.filter((entry) => entry.expands).map((entry) => entry.name)).toEqual(["A", "B"]);
});

test("lines that are none are named with their place and without their content", () => {
  const { entries, faults } = parseDotenv("A='x\ny'\nnonsense\nB='hidden-1\nC=1\nD=\"hidden-2\" tail\nE=5");
  expect(entries.map(({ name, line }) => [name, line])).toEqual([
    ["A", 1],
    ["C", 5],
    ["E", 7],
  ]);
  expect(faults).toEqual([
    { line: 3, message: "is not of the form NAME=value" },
    { line: 4, message: "B: the ' is never closed" },
    { line: 6, message: 'D: there is something after the closing "' },
  ]);
});

test("values are written as plainly as they can be", () => {
  const entries = [
    { name: "A", value: "sk_live-1" },
    { name: "B", value: "two words $X" },
    { name: "C", value: "it's $5" },
    { name: "D", value: "" },
  ];
  expect(writeDotenv(entries)).toBe("A=sk_live-1\nB='two words $X'\nC=\"it's \\$5\"\nD=\n");
});
