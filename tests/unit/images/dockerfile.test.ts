import { expect, test } from "bun:test";
import { parseDockerfile } from "../../../agent/plan/images/dockerfile.ts";

const brief = (text: string) =>
  parseDockerfile(text).map(({ name, flags, rest, line }) => [line, name, flags, rest]);

test("an instruction has its line, its flags and the rest", () => {
  expect(brief("\n# what\nfrom scratch\nCOPY --from=a --chmod=0755 x y\n")).toEqual([
    [3, "FROM", [], "scratch"],
    [4, "COPY", ["--from=a", "--chmod=0755"], "x y"],
  ]);
});

test("continued lines are one instruction, comments and blank lines between them are not part of it", () => {
  expect(brief("RUN a && \\\n  # why\n\n  b \\  \n  c\nUSER 1")).toEqual([
    [1, "RUN", [], "a && b c"],
    [6, "USER", [], "1"],
  ]);
});

test("the escape directive changes what continues a line", () => {
  expect(brief("# escape=`\nRUN a `\n b\\\nUSER 1")).toEqual([
    [2, "RUN", [], "a b\\"],
    [4, "USER", [], "1"],
  ]);
});

test("what stands in a heredoc is no instruction", () => {
  const text = [
    "RUN <<A <<-'B'",
    "FROM x",
    "A",
    "FROM y",
    "\tB",
    "COPY <<EOF /z",
    "FROM w",
    "EOF",
    "USER 1",
  ].join("\n");
  expect(brief(text).map(([line, name]) => [line, name])).toEqual([
    [1, "RUN"],
    [6, "COPY"],
    [9, "USER"],
  ]);
});

test("a shift is no heredoc, and a heredoc without an end swallows nothing", () => {
  expect(brief("RUN echo $((1<<X))\nRUN cat <<END\nFROM a").map(([line, name]) => [line, name])).toEqual([
    [1, "RUN"],
    [2, "RUN"],
    [3, "FROM"],
  ]);
});

test("a byte order mark and Windows' line ends do not matter", () => {
  expect(brief("\uFEFFFROM a\r\nUSER 1\r\n")).toEqual([
    [1, "FROM", [], "a"],
    [2, "USER", [], "1"],
  ]);
});
