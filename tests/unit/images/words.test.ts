import { expect, test } from "bun:test";
import { buildNote } from "../../../agent/plan/images/build-note.ts";
import { buildSlots } from "../../../agent/plan/images/build-slots.ts";
import { dateTag } from "../../../agent/plan/images/date-tag.ts";
import { describeChange } from "../../../agent/plan/images/image-inputs.ts";
import { largestLayers } from "../../../agent/plan/images/image-layers.ts";
import { parseRecord } from "../../../agent/plan/images/packages.ts";
import { PullOutput, pullFault } from "../../../agent/plan/images/pull-fault.ts";

test("a change is named in few words", () => {
  const before = { Dockerfile: "1", "./a": "1", "./b": "1" };
  expect(describeChange(before, { ...before, "./a": "2" })).toBe("./a changed");
  expect(describeChange(before, { Dockerfile: "1", "./a": "1", "./c": "1" })).toBe(
    "./b is gone and ./c is new",
  );
  expect(describeChange(before, { "./d": "1" })).toBe("./a is gone, ./b is gone and 2 more");
});

const build = { ms: 31_000, usualMs: 29_000, sizeBytes: 117e6, limitBytes: 200e6, lastBytes: 116e6 };

test("a finished build is one line in which only what stands out is compared", () => {
  expect(buildNote(build)).toBe("117 MB (limit 200 MB)");
  expect(buildNote({ ...build, ms: 60_000, lastBytes: 98e6 })).toBe(
    "117 MB (limit 200 MB, was 98.0 MB), usually 29.0 s",
  );
  expect(buildNote({ ...build, usualMs: undefined, limitBytes: undefined, lastBytes: undefined })).toBe(
    "117 MB",
  );
});

test("builds run side by side as far as processors and memory go, and at least one does", () => {
  expect(buildSlots({ cpus: 4, freeBytes: 20e9 })).toBe(4);
  expect(buildSlots({ cpus: 4, freeBytes: 2.5e9 })).toBe(2);
  expect(buildSlots({ cpus: 2, freeBytes: 1e8 })).toBe(1);
});

test("the day's tag is the day of this machine", () => {
  expect(dateTag(new Date(2026, 0, 5, 23, 59).getTime())).toBe("20260105");
});

test("the largest layers come first, empty ones not at all", () => {
  const history = '0\tCMD ["x"]\n2400\tCOPY app / # buildkit\n90100000\tCOPY --from=rootfs / /\n';
  expect(largestLayers(history)).toEqual(["90.1 MB  COPY --from=rootfs / /", "2.4 kB  COPY app /"]);
});

test("a record of packages is read line by line", () => {
  expect(parseRecord("bun 1.4.5\nlibc6 2.41-12\n\n")).toEqual([
    { name: "bun", version: "1.4.5" },
    { name: "libc6", version: "2.41-12" },
  ]);
});

test.each([
  ["pull access denied for x, repository does not exist", "docker login"],
  ["manifest for x:9 not found: manifest unknown", "name and tag"],
  ['Get "https://r/v2/": dial tcp: lookup r: no such host', "docker load"],
  ["toomanyrequests: rate limit", "wait some minutes"],
  ["write /var/lib: no space left on device", "docker system df"],
  ["something else", "docker pull x:9"],
])("a registry's %p comes with a hint", (said, hint) => {
  const fault = pullFault("x:9", `9: Pulling\nError response from daemon: ${said}\n`);
  expect(fault.reason).toBe(said);
  expect(fault.hint).toContain(hint);
});

test("a pull counts its layers", () => {
  const output = new PullOutput();
  expect(output.detail).toBe("");
  for (const line of [
    "17: Pulling from library/postgres",
    "aaaaaaaaaaaa: Pulling fs layer",
    "bbbbbbbbbbbb: Already exists",
    "aaaaaaaaaaaa: Download complete",
  ])
    output.push(line);
  expect(output.detail).toBe("1 of 2 layers");
  output.push("aaaaaaaaaaaa: Pull complete");
  expect(output.detail).toBe("2 of 2 layers");
});
