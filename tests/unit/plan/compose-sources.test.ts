import { expect, test } from "bun:test";
import { composeVariables, isSelfContained } from "../../../agent/plan/compose-sources.ts";

const doc = (...lines: string[]) => lines.join("\n");
const dollar = "$";

test("every form of a variable is found", () => {
  const text = doc(
    `image: ${dollar}{REPO:-x}/${dollar}TAG`,
    `url: ${dollar}{A:-${dollar}{B:?no b}}`,
    "environment:",
    "  - PASSED",
    "  BARE:",
  );
  expect(composeVariables([text])).toEqual(["A", "B", "BARE", "PASSED", "REPO", "TAG", "environment"]);
});

test("a file that names other files is not known from its text", () => {
  for (const line of [
    "include:",
    "    extends: base",
    "  - env_file: x",
    "env_file: [a]",
    '"include":',
    "  app: { image: a, env_file: .env }",
  ]) {
    expect(isSelfContained(doc("services:", line))).toBe(false);
  }
  expect(isSelfContained(doc("services:", "  includes_all:", "    image: x"))).toBe(true);
});

test("names in lists and maps on one line are found", () => {
  const text = doc("environment: [ONE, 'TWO',", "  THREE]", "  environment: {FOUR, FIVE: , SIX: 6}");
  expect(composeVariables([text])).toEqual(expect.arrayContaining(["FIVE", "FOUR", "ONE", "THREE", "TWO"]));
});
