import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseConfig } from "../../../agent/config/parse.ts";
import { tomlDocument } from "./toml-document.ts";

const VALID = `project = "soloflow"
compose = "stack/compose.yaml"

[service.gateway]
build = { context = "stack/gateway", max_size = "500MB" }
ready = { http = ":8080/health", within = "120s" }

[secret.PEPPER]
kind = "pepper"
for = ["gateway"]
`;

test("no text makes the reader throw, and each fault stands inside the text", () => {
  const damaged = fc
    .tuple(fc.nat(VALID.length), fc.nat(12), fc.string({ unit: fc.constantFrom(...`a="'[]{},.#\n1\r`) }))
    .map(([at, cut, inserted]) => VALID.slice(0, at) + inserted + VALID.slice(at + cut));
  const any = fc.oneof(
    damaged,
    fc.string({ unit: "grapheme" }),
    tomlDocument.map(({ text }) => text),
  );
  fc.assert(
    fc.property(any, (text) => {
      const { config, faults } = parseConfig(text, "soloflow.toml");
      expect(config === undefined).toBe(faults.some((fault) => fault.severity === "error"));
      const lines = text.split("\n");
      for (const { line = 0, column = 0, message } of faults) {
        expect(message).not.toBe("");
        expect(line).toBeWithin(1, lines.length + 1);
        // One behind the end is where something is missing.
        expect(column).toBeWithin(1, (lines[line - 1]?.length ?? 0) + 3);
      }
    }),
    { numRuns: 500 },
  );
});

test("a document that is right stays right with blank lines, comments and carriage returns in it", () => {
  const lines = VALID.split("\n");
  const noise = fc.array(fc.constantFrom("", "# ] a comment", "\t"), { maxLength: 2 });
  fc.assert(
    fc.property(
      fc.array(noise, { minLength: lines.length, maxLength: lines.length }),
      fc.constantFrom("\n", "\r\n"),
      (extra, newline) => {
        const text = lines.flatMap((line, index) => [...(extra[index] ?? []), line]).join(newline);
        const before = parseConfig(VALID, "soloflow.toml");
        expect(parseConfig(text, "soloflow.toml").config).toEqual(before.config as never);
      },
    ),
  );
});
