import { expect, test } from "bun:test";
import { randomValue } from "../../../agent/host/secret-store/random-value.ts";
import { impossibleValue, isPlaceholder, weakValue } from "../../../agent/plan/secrets-value.ts";

test("what only stands for a value is a placeholder", () => {
  for (const value of [
    "changeme",
    "CHANGE_ME",
    "please-change-this-secret-before-production",
    "<your key>",
    "your-secret-key-at-least-32-characters",
    "https://your-redis.upstash.io",
    "sk_test_mock",
    "sk_test_...",
    "re_xxxxxxxxxx",
    "xxx",
    `\${API_KEY_PEPPER}`,
    "generate-with-openssl",
    "noreply@example.com",
    "replace with real value",
    "price_placeholder",
  ]) {
    expect([value, isPlaceholder(value)]).toEqual([value, true]);
  }
});

test("what looks like a real value is none", () => {
  for (const value of [
    "sk_live_51NabcDEFghiJKLmnoPQR",
    "whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH",
    "price_1MoBy5LkdIwHu7ixZhnattbh",
    "https://eu1-merry-cat-32242.upstash.io",
    '{"type":"service_account","project_id":"p"}',
    "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
    "1234567890-abc123def456.apps.googleusercontent.com",
  ]) {
    expect([value, isPlaceholder(value)]).toEqual([value, false]);
  }
});

test("a value that the agent makes is never refused", () => {
  for (let round = 0; round < 1_000; round += 1) {
    expect(weakValue("pepper", randomValue(32).reveal())).toBeUndefined();
  }
});

test("well-known and short values are weak", () => {
  expect(weakValue("superuser", "postgres")).toBe("is one of the first that anybody would try");
  expect(weakValue("external", "aaaaaaaaaaaaaaaaaa")).toBe("is one of the first that anybody would try");
  expect(weakValue("generated", "q8Zr1LxTnE5vW0yKdB3uJ7mCs2HfP4g")).toBe("is shorter than 32 characters");
  expect(weakValue("external", "q8Zr1Lx")).toBe("is shorter than 8 characters");
});

test("empty values, NUL and more than 64 KiB cannot be secrets", () => {
  expect(impossibleValue(" \n")).toBe("is empty");
  expect(impossibleValue("a\0b")).toBe("contains a NUL byte");
  expect(impossibleValue("ä".repeat(32 * 1024))).toBeUndefined();
  expect(impossibleValue("ä".repeat(32 * 1024 + 1))).toBe("is larger than 64 KiB");
});
