import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { clientHeaders } from "../../../stack/gateway/src/proxy/client-headers.ts";
import { dropHopByHop } from "../../../stack/gateway/src/proxy/hop-by-hop.ts";
import { targetUrl } from "../../../stack/gateway/src/proxy/target-url.ts";
import { upstreamHeaders } from "../../../stack/gateway/src/proxy/upstream-headers.ts";

const name = fc.stringMatching(/^x-[a-z]{1,8}$/);
const word = fc.stringMatching(/^[A-Za-z0-9 ;=.-]{0,20}$/).map((text) => text.trim());
const headers = fc.dictionary(
  fc.oneof(
    name,
    fc.constantFrom(
      "te",
      "upgrade",
      "keep-alive",
      "cookie",
      "x-api-key",
      "x-user-id",
      "x-api-key-id",
      "expect",
    ),
    fc.constantFrom("access-control-allow-origin", "transfer-encoding", "accept", "authorization"),
  ),
  word,
);
const CONNECTION_ONLY = ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

describe("headers for one connection", () => {
  test("never pass, nor do those that Connection names; all others do", () => {
    fc.assert(
      fc.property(
        headers,
        fc.array(fc.oneof(name, word, fc.constantFrom("close", "", "@"))),
        (given, named) => {
          const kept = new Headers({ ...given, connection: named.join(", ") });
          dropHopByHop(kept);
          for (const gone of [...CONNECTION_ONLY, ...named]) {
            if (/^[a-z-]+$/.test(gone)) expect(kept.has(gone)).toBe(false);
          }
          for (const [key, text] of Object.entries(given)) {
            const hop =
              CONNECTION_ONLY.includes(key) || named.map((entry) => entry.toLowerCase()).includes(key);
            if (!hop) expect(kept.get(key)).toBe(text);
          }
        },
      ),
    );
  });
});

describe("headers for a service", () => {
  test("never hold the key, and who is calling cannot be forged", () => {
    const caller = { address: "192.0.2.1", keyId: "abcdefghijkl", userId: "customer-1", requestId: "r" };
    fc.assert(
      fc.property(headers, fc.array(name), (given, named) => {
        const all = {
          ...given,
          "x-api-key": "sk_live_secret",
          connection: [...named, "x-user-id"].join(", "),
        };
        const request = new Request("http://gateway/api/v1/orders/x", { headers: all });
        const sent = upstreamHeaders(request, new URL(request.url), caller);
        expect(JSON.stringify([...sent])).not.toContain("sk_live_secret");
        expect([sent.get("x-api-key-id"), sent.get("x-user-id")]).toEqual([caller.keyId, caller.userId]);
        expect(sent.get("x-forwarded-for")).toEndWith("192.0.2.1");
      }),
    );
  });
});

describe("headers for a caller", () => {
  test("never hold a service's CORS headers", () => {
    fc.assert(
      fc.property(headers, (given) => {
        const sent = clientHeaders(new Headers(given));
        for (const key of sent.keys()) expect(key).not.toStartWith("access-control-");
      }),
    );
  });
});

describe("the target", () => {
  const piece = fc.oneof(
    fc.constantFrom("..", ".", "%2e%2e", "%2E.", "%2f", "\\", "", "@", "//", ":", "?", "#", "..;"),
    fc.string(),
  );
  const rest = fc.array(piece).map((pieces) => (pieces.length === 0 ? "" : `/${pieces.join("/")}`));
  const base = fc.constantFrom(
    "http://orders:9000",
    "http://orders:9000/",
    "http://orders:9000/base",
    "http://o/a/b/",
  );

  test("is on the upstream's own host and below its own path, or there is none", () => {
    fc.assert(
      fc.property(base, rest, fc.constantFrom("", "?a=b&c=%20", "?"), (upstream, path, search) => {
        const own = new URL(upstream);
        const target = targetUrl(own, path, search);
        if (!target) return;
        expect(target.origin).toBe(own.origin);
        const below = own.pathname.replace(/\/+$/, "");
        expect(target.pathname === below || target.pathname.startsWith(`${below}/`)).toBe(true);
      }),
    );
  });

  test("keeps the bytes of what was asked for", () => {
    const plain = fc.array(fc.stringMatching(/^[A-Za-z0-9_~%-]{1,8}$/).filter((text) => !/%2e/i.test(text)));
    fc.assert(
      fc.property(plain, (pieces) => {
        const path = `/${pieces.join("/")}`;
        expect(targetUrl(new URL("http://orders/base"), path, "")?.pathname).toBe(`/base${path}`);
      }),
    );
  });
});
