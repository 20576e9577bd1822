import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseVersionedSecrets } from "../../../stack/provider/lib/config/versioned-secrets.ts";

const value = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/);
const list = fc.uniqueArray(fc.record({ version: fc.nat(999_999), value }), {
  minLength: 1,
  selector: (entry) => entry.version,
});

describe("a versioned secret", () => {
  test("a bare value is version 1, whatever it holds", () => {
    const bare = fc.string({ minLength: 1 }).filter((text) => !/^\d+:/.test(text));
    fc.assert(
      fc.property(bare, (text) => {
        expect(parseVersionedSecrets(text)).toEqual({ secrets: [{ version: 1, value: text }] });
      }),
    );
  });

  test("a list is read in its order, so that the first issues", () => {
    fc.assert(
      fc.property(list, (entries) => {
        const text = entries.map((entry) => `${entry.version}:${entry.value}`).join(",");
        expect(parseVersionedSecrets(text)).toEqual({ secrets: entries } as never);
      }),
    );
  });

  test("white space around an entry does not become part of a secret", () => {
    expect(parseVersionedSecrets("2:new , 1: old")).toEqual({
      secrets: [
        { version: 2, value: "new" },
        { version: 1, value: "old" },
      ],
    });
  });

  test.each(["2:", "2:new,", "2:new,old", "2:new,:old", "2:new,x:old", "2:new,9999999999:old"])(
    "a slip in one entry of %p is a fault, never a longer secret",
    (text) => {
      expect(parseVersionedSecrets(text)).toHaveProperty("fault");
    },
  );

  test("a version given twice is a fault", () => {
    expect(parseVersionedSecrets("1:a,1:b")).toEqual({ fault: "the list has a version twice" });
  });

  test("a fault quotes nothing of the secret", () => {
    expect(JSON.stringify(parseVersionedSecrets("2:topsecret,oops"))).not.toContain("topsecret");
  });
});
