import { expect, test } from "bun:test";
import fc from "fast-check";
import { inFront } from "../../../agent/plan/rotate/versions.ts";
import type { Secrets, StoredSecret } from "../../../agent/plan/secrets.ts";
import { contentOf, deliveredText } from "../../../agent/plan/secrets-deliver.ts";
import { ruleOn } from "../../../agent/plan/secrets-take.ts";
import { parsePepperList } from "../../../stack/gateway/src/config/pepper-list.ts";
import { parseVersionedSecrets } from "../../../stack/provider/lib/config/versioned-secrets.ts";
import { secretsConfig } from "../../support/secrets-config.ts";

const config = secretsConfig('[secret.COOKIE_KEY]\nkind = "generated"\nfor = ["provider"]\naccepts = 1\n');
const at = "2026-01-02T03:04:05.000Z";
const options = { at, salt: "c2FsdHNhbHRzYWx0c2FsdA==", acceptWeak: true };

const odd = fc.string({
  unit: fc.constantFrom(..."019::,, \n\t'\"$\\ä€ab", "😀"),
  minLength: 1,
  maxLength: 12,
});
/** Long enough for every app, with the odd part in front, within or behind. */
const value = fc
  .tuple(odd, fc.constantFrom("", "x7Kq0pLmZ4tRvB9s"), odd)
  .map((parts) => parts.join(""))
  .filter((text) => text.trim() !== "");

function taken(name: string, text: string): StoredSecret | undefined {
  const ruling = ruleOn(config, {}, { name, value: text }, options);
  if (ruling.kind !== "take")
    expect(ruling).toMatchObject({ kind: "refused", why: expect.stringMatching(/list/) });
  return ruling.kind === "take" ? ruling.stored : undefined;
}

/** As both apps read a file: without the white space around it, then as one value or as a list. */
function readBy(text: string) {
  const provider = parseVersionedSecrets(text.trim());
  const gateway = parsePepperList(text.trim());
  const read = "secrets" in provider ? provider.secrets : [];
  if (gateway.kind === "read") expect([...gateway.peppers.byVersion.values()]).toEqual([...read]);
  return read;
}

function numbered({ versions }: StoredSecret) {
  return versions.map(({ n, value: text }) => ({ version: n, value: String(text).trim() }));
}

const fresh = (stored: StoredSecret): StoredSecret => {
  const made = { n: 1, value: "N3w0ne-made-here-7Kq0pLmZ4tRvB9s", createdAt: at };
  const to = Math.max(...stored.versions.map(({ n }) => n)) + 1;
  return inFront("API_KEY_PEPPER", to, { kind: "pepper", versions: [made] }, stored);
};

test("whatever a pepper looks like, its apps read what the store holds, before and after a rotation, or it is refused", () => {
  fc.assert(
    fc.property(value, (text) => {
      const stored = taken("API_KEY_PEPPER", text);
      if (stored === undefined) return;
      const delivered = deliveredText(config, "API_KEY_PEPPER", stored);
      expect(readBy(delivered)).toEqual(numbered(stored) as never);
      // The very number that rows name and the very value that they were made with.
      expect(readBy(text)).toEqual(readBy(delivered));
      const rotated = fresh(stored);
      const hasComma = stored.versions.some((version) => String(version.value).includes(","));
      const wanted = hasComma ? numbered(rotated).slice(0, 1) : numbered(rotated);
      expect(readBy(deliveredText(config, "API_KEY_PEPPER", rotated))).toEqual(wanted as never);
    }),
    { numRuns: 2_000 },
  );
});

test("while the old value still issues, an app is never given a list that it would read otherwise", () => {
  fc.assert(
    fc.property(value, (text) => {
      const stored = taken("API_KEY_PEPPER", text);
      if (stored === undefined) return;
      const secrets: Secrets = { API_KEY_PEPPER: fresh(stored) };
      const forms = { API_KEY_PEPPER: { issues: stored.versions[0].n } };
      const [first] = readBy(contentOf(forms, secrets).API_KEY_PEPPER ?? "");
      expect(first).toEqual(numbered(stored)[0] as never);
    }),
    { numRuns: 1_000 },
  );
});

test("an app that accepts one value, and one that reads an external one, get it byte by byte", () => {
  fc.assert(
    fc.property(value, fc.constantFrom("COOKIE_KEY", "STRIPE_SECRET_KEY"), (text, name) => {
      const stored = taken(name, text);
      expect(stored && deliveredText(config, name, stored)).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});
