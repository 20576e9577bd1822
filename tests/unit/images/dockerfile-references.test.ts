import { expect, test } from "bun:test";
import { dockerfileReferences } from "../../../agent/plan/images/dockerfile-references.ts";

test("stages are not references, scratch is none, each name comes once", () => {
  const text = `
    FROM --platform=$BUILDPLATFORM acme/bun AS Build
    FROM build AS more
    COPY --from=acme/node / /
    FROM scratch
    COPY --from=MORE /out /
    COPY --from=0 /x /
    COPY --from=acme/node /y /`;
  expect(dockerfileReferences(text)).toEqual(["acme/bun", "acme/node"]);
});

test("mounts from images count", () => {
  const text = `FROM a
    RUN --mount=type=bind,from=tools,source=/x,target=/x --mount=type=cache,target=/c --mount=from=b,target=/b make`;
  expect(dockerfileReferences(text)).toEqual(["a", "tools", "b"]);
});

test("a stage may be called like the image that it is built from", () => {
  expect(dockerfileReferences("FROM node AS node\nFROM node\nCOPY --from=node / /")).toEqual(["node"]);
});

test("what the target does not need is left out", () => {
  const text = "FROM a AS one\nFROM b AS two\nFROM c AS three\nCOPY --from=one / /";
  expect(dockerfileReferences(text)).toEqual(["c", "a"]);
  expect(dockerfileReferences(text, { target: "two" })).toEqual(["b"]);
  expect(dockerfileReferences(text, { target: "0" })).toEqual(["a"]);
});

test("arguments before the first stage are filled in, given ones first", () => {
  const text = `
    ARG BASE=debian TAG="12"
    ARG FULL=\${BASE}:\${TAG:-11}
    FROM \${FULL}
    ARG BASE=later
    COPY --from=\${BASE} / /`;
  expect(dockerfileReferences(text)[0]).toBe("debian:12");
  expect(dockerfileReferences(text, { args: { TAG: "13" } })[0]).toBe("debian:13");
});

test.each([
  [`\${X:-d}`, {}, "d"],
  [`\${X:-d}`, { X: "" }, "d"],
  [`\${X-d}`, { X: "v" }, "v"],
  [`a\${X:+-b}`, { X: "v" }, "a-b"],
  [`a\${X:+-b}`, {}, "a"],
  ["a$X.b", { X: "v" }, "av.b"],
])("%s with %j is %s", (reference, args, expected) => {
  expect(dockerfileReferences(`ARG X\nFROM ${reference}`, { args })).toEqual([expected]);
});
