import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { reSignLink } from "../../../stack/provider/lib/auth/re-sign-link.ts";
import type { VersionedSecrets } from "../../../stack/provider/lib/config/versioned-secrets.ts";

const OLD = { version: 1, value: "the old secret, which is long enough" };
const NEW = { version: 2, value: "the new secret, which is long enough" };
const STRANGE = "a secret of somebody else, long as well";

function token(secret: string, payload: unknown = { email: "a@example.com" }): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256" })}.${part(payload)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

const link = (secret: string, path = "verify-email") =>
  new URL(`https://example.com/api/auth/${path}?token=${token(secret)}&callbackURL=%2Fkeys`);

describe("a link that is under way while the secret is rotated", () => {
  test.each([
    ["the new one issues", [NEW, OLD], OLD, NEW],
    ["the old one still issues", [OLD, NEW], NEW, OLD],
  ] as const)("is signed anew with the one that issues: %s", (_, secrets, from, to) => {
    expect(reSignLink(link(from.value), secrets)?.href).toBe(link(to.value).href);
  });

  test.each([
    ["the one that issues", NEW.value, [NEW, OLD]],
    ["neither", STRANGE, [NEW, OLD]],
    ["one that was retired", OLD.value, [NEW]],
  ] as [string, string, VersionedSecrets][])("signed with %s is left alone", (_, secret, secrets) => {
    expect(reSignLink(link(secret), secrets)).toBeUndefined();
  });

  test("to any other place is left alone", () => {
    expect(reSignLink(link(OLD.value, "callback/github"), [NEW, OLD])).toBeUndefined();
  });

  test("whatever stands in its token is survived", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const odd = new URL(`https://example.com/api/auth/verify-email?token=${encodeURIComponent(text)}`);
        expect(reSignLink(odd, [NEW, OLD])).toBeUndefined();
      }),
    );
  });
});
