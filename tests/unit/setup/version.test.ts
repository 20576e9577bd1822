import { expect, test } from "bun:test";
import { isAtLeast, plainVersion } from "../../../agent/plan/setup/version.ts";

test("a version is read out of what programs and packages call it", () => {
  expect(plainVersion("26.1.5+dfsg1-9+deb13u1")).toBe("26.1.5");
  expect(plainVersion("5:27.3.1-1~debian.12~bookworm")).toBe("27.3.1");
  expect(plainVersion("v2.26.1")).toBe("2.26.1");
  expect(plainVersion("2.24.1-desktop.1")).toBe("2.24.1");
});

test("versions compare by number, place by place", () => {
  expect(isAtLeast("2.100.0", "2.24.1")).toBe(true);
  expect(isAtLeast("2.24", "2.24.1")).toBe(false);
  expect(isAtLeast("25.0", "25")).toBe(true);
  expect(isAtLeast("24.9.9", "25.0")).toBe(false);
});

test("what is no version is never enough", () => {
  expect(isAtLeast("dev", "1")).toBe(false);
  expect(isAtLeast(undefined, "1")).toBe(false);
});
