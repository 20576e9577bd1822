import { expect, test } from "bun:test";
import { meansLatest, parseImageReference } from "../../../agent/plan/images/image-reference.ts";

test.each([
  ["postgres", { name: "postgres", tag: undefined, digest: undefined }],
  ["localhost:5000/a/b", { name: "localhost:5000/a/b", tag: undefined, digest: undefined }],
  ["localhost:5000/a/b:1.2", { name: "localhost:5000/a/b", tag: "1.2", digest: undefined }],
  ["a@sha256:12", { name: "a", tag: undefined, digest: "sha256:12" }],
  ["docker.io/library/postgres:17", { name: "postgres", tag: "17", digest: undefined }],
  ["docker.io/acme/x", { name: "acme/x", tag: undefined, digest: undefined }],
])("%s", (text, expected) => {
  expect(parseImageReference(text)).toEqual(expected);
});

test("only a name without a tag, or with latest, means the newest build", () => {
  const means = (reference: string) => meansLatest(reference, "acme/x");
  expect(["acme/x", "acme/x:latest", "docker.io/acme/x"].map(means)).toEqual([true, true, true]);
  expect(["acme/x:20260101", "acme/x@sha256:1", "acme/xy"].map(means)).toEqual([false, false, false]);
});
