import { expect, test } from "bun:test";
import { splitReference } from "../../../agent/host/engine/image-calls.ts";

test("a tag is what follows the last colon, unless that belongs to the registry's port", () => {
  expect(splitReference("soloflow/gateway:r12")).toEqual({ repository: "soloflow/gateway", tag: "r12" });
  expect(splitReference("soloflow/gateway")).toEqual({ repository: "soloflow/gateway", tag: "latest" });
  expect(splitReference("host:5000/a/b")).toEqual({ repository: "host:5000/a/b", tag: "latest" });
  expect(splitReference("host:5000/a/b:1")).toEqual({ repository: "host:5000/a/b", tag: "1" });
});
