import { expect, test } from "bun:test";
import { configurationReference, REFERENCE_FILE } from "../../../scripts/configuration-reference.ts";

test("docs/configuration.md is what the schema says (else: bun scripts/configuration-reference.ts)", async () => {
  expect(await Bun.file(REFERENCE_FILE).text()).toBe(configurationReference());
});

test("every key of the configuration is described", () => {
  expect(configurationReference()).not.toContain("|  |");
});
