import { expect, test } from "bun:test";
import { parseConfig } from "../../../agent/config/parse.ts";

test("the repository's own soloflow.toml is right, without a warning", async () => {
  const text = await Bun.file(new URL("../../../soloflow.toml", import.meta.url)).text();
  expect(parseConfig(text, "soloflow.toml").faults).toEqual([]);
});
