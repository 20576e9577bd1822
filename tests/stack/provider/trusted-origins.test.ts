import { describe, expect, test } from "bun:test";
import { isOwnRequest, trustedOrigins } from "../../../stack/provider/lib/auth/trusted-origins.ts";

const PLAIN = { baseUrl: new URL("http://localhost:3000"), trustedOrigins: [] };
const SECURE = { baseUrl: new URL("https://example.com"), trustedOrigins: ["https://www.example.com"] };
const from = (headers: Record<string, string>) => new Headers(headers);

describe("a request that changes something", () => {
  test("from a page of the provider's own address is accepted", () => {
    expect(isOwnRequest(from({ origin: "https://example.com", host: "example.com" }), SECURE)).toBe(true);
  });

  test("from a page of a listed address is accepted", () => {
    expect(isOwnRequest(from({ origin: "https://www.example.com", host: "example.com" }), SECURE)).toBe(true);
  });

  test.each([
    ["another site", { origin: "https://evil.example", host: "example.com" }],
    ["the same name without https", { origin: "http://example.com", host: "example.com" }],
    ["a page without an origin of its own", { origin: "null", host: "example.com" }],
    ["another site that names no origin", { "sec-fetch-site": "cross-site", host: "example.com" }],
    ["a sister host that names no origin", { "sec-fetch-site": "same-site", host: "example.com" }],
  ])("from %s is refused", (_, headers) => {
    expect(isOwnRequest(from(headers as Record<string, string>), SECURE)).toBe(false);
  });

  test("from a program, which names nothing, is accepted", () => {
    expect(isOwnRequest(from({ host: "example.com" }), SECURE)).toBe(true);
  });

  test("over plain http a machine may be called by its address", () => {
    const headers = { origin: "http://192.0.2.7:3000", host: "192.0.2.7:3000" };
    expect(isOwnRequest(from(headers), PLAIN)).toBe(true);
    expect(isOwnRequest(from({ ...headers, origin: "http://192.0.2.8:3000" }), PLAIN)).toBe(false);
    expect(isOwnRequest(from({ ...headers, origin: "http://192.0.2.7" }), PLAIN)).toBe(false);
  });
});

test("with https the host that a request names is not believed", () => {
  expect(trustedOrigins(SECURE, "evil.example")).toEqual(["https://example.com", "https://www.example.com"]);
});

test("a host that is none adds nothing", () => {
  expect(trustedOrigins(PLAIN, "a b")).toEqual(["http://localhost:3000"]);
  expect(trustedOrigins(PLAIN, undefined)).toEqual(["http://localhost:3000"]);
});
