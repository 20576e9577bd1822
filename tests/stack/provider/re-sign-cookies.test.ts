import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { reSignCookies, sign } from "../../../stack/provider/lib/auth/re-sign-cookies.ts";
import type { VersionedSecrets } from "../../../stack/provider/lib/config/versioned-secrets.ts";

const OLD = { version: 1, value: "the old secret, which is long enough" };
const NEW = { version: 2, value: "the new secret, which is long enough" };
const STRANGE = "a secret of somebody else, long as well";
const ROTATING: VersionedSecrets = [NEW, OLD];

const signed = (value: string, secret: string) => encodeURIComponent(`${value}.${sign(value, secret)}`);
const cookie = (secret: string) => `better-auth.session_token=${signed("token", secret)}`;

describe("a cookie while the secret is rotated", () => {
  test("signed with the old secret, it is signed anew with the one that issues", () => {
    const renewed = reSignCookies(cookie(OLD.value), ROTATING);
    expect(renewed?.header).toBe(cookie(NEW.value));
    expect(renewed?.changed.get("better-auth.session_token")).toBe(signed("token", NEW.value));
  });

  test("the name that https gives it counts too", () => {
    expect(reSignCookies(`__Secure-${cookie(OLD.value)}`, ROTATING)?.header).toBe(
      `__Secure-${cookie(NEW.value)}`,
    );
  });

  test("signed with the one that issues, it is left alone", () => {
    expect(reSignCookies(cookie(NEW.value), ROTATING)).toBeUndefined();
  });

  test("signed with neither, it is left alone, for Better Auth to refuse", () => {
    expect(reSignCookies(cookie(STRANGE), ROTATING)).toBeUndefined();
  });

  test("with one secret there is nothing to do", () => {
    expect(reSignCookies(cookie(OLD.value), [NEW])).toBeUndefined();
  });

  test("once the old secret is retired, its cookies are refused again", () => {
    expect(reSignCookies(cookie(OLD.value), [NEW, { version: 3, value: STRANGE }])).toBeUndefined();
  });

  test("cookies of other programs stay as they are, to the letter", () => {
    const other = `theme=dark; odd; a=b=c; ${cookie(OLD.value)}; x=%zz`;
    expect(reSignCookies(other, ROTATING)?.header).toBe(
      `theme=dark; odd; a=b=c; ${cookie(NEW.value)}; x=%zz`,
    );
  });

  test("any header is survived", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const result = reSignCookies(`${a}; better-auth.session_token=${b}`, ROTATING);
        expect(result).toBeUndefined();
      }),
    );
  });

  test("whatever was signed is kept when it is signed anew", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w.-]{1,40}$/), (value) => {
        const header = `better-auth.state=${signed(value, OLD.value)}`;
        expect(reSignCookies(header, ROTATING)?.header).toBe(`better-auth.state=${signed(value, NEW.value)}`);
      }),
    );
  });
});
