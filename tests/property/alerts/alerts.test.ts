import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Alert, alertOf } from "../../../agent/plan/alerts/alert.ts";
import { commandInput } from "../../../agent/plan/alerts/mail.ts";
import { redact } from "../../../agent/plan/alerts/redact.ts";
import { nextTry } from "../../../agent/plan/alerts/retry.ts";
import { slackBody } from "../../../agent/plan/alerts/slack.ts";
import { storedMessage } from "../../../agent/plan/alerts/stored-message.ts";
import { webhookBody } from "../../../agent/plan/alerts/webhook.ts";

/** As keys and passwords come: base64url, hexadecimal, with a prefix; long enough that chance makes no words of it. */
const canary = fc.oneof(
  fc.uint8Array({ minLength: 18, maxLength: 48 }).map((bytes) => Buffer.from(bytes).toString("hex")),
  fc
    .uint8Array({ minLength: 24, maxLength: 48 })
    .filter((bytes) => new Set(bytes).size > 12)
    .map((bytes) => Buffer.from(bytes).toString("base64url")),
  fc
    .uint8Array({ minLength: 18, maxLength: 32 })
    .filter((bytes) => new Set(bytes).size > 9)
    .map((bytes) => `sk_live_${Buffer.from(bytes).toString("base64url").replaceAll("-", "x")}`),
);

/** A short secret can only be known by its place. */
const short = fc.stringMatching(/^[A-Za-z0-9]{6,12}Q7$/);

const words = fc.constantFrom(
  "no answer",
  "cannot connect",
  "refused by",
  "3 failed probes of",
  "it said",
  "é 日本",
);

const placed = fc.oneof(
  fc.tuple(
    canary,
    fc.constantFrom(
      (k: string) => k,
      (k: string) => `value ${k}!`,
      (k: string) => `("${k}")`,
    ),
  ),
  fc.tuple(
    fc.oneof(canary, short),
    fc.constantFrom<((k: string) => string)[]>(
      (k) => `http://user:${k}@10.0.0.7:8080/health`,
      (k) => `postgres://app:${k}@database:5432/soloflow`,
      (k) => `https://example.com/x?token=${k}&a=b`,
      (k) => `https://example.com/x#${k}`,
      (k) => `password=${k}`,
      (k) => `"api_key": "${k}"`,
      (k) => `DB_PASSWORD='${k}'`,
      (k) => `Authorization: Bearer ${k}`,
      (k) => `status 500: the body says ${k}`,
      (k) => `exit code 1: it says ${k}; it is well again`,
      (k) => `first line\nlog line ${k}`,
      (k) => `first line\r\n${k}`,
    ),
  ),
);

test("no canary that the cause or the next command holds is in anything that is sent", () => {
  fc.assert(
    fc.property(fc.tuple(words, placed, words), fc.boolean(), ([before, [key, place], after], inNext) => {
      const text = `${before} ${place(key)} ${after}`;
      const action = { level: "losing", service: "gateway", incident: 4 } as const;
      const texts = inNext ? { cause: "silent", next: text } : { cause: text, next: "status" };
      const alert = alertOf({ ...action, ...texts }, { project: "p", at: 1e12, id: "x", since: 1e12 });
      const message = { kind: "alert", alert } as const;
      const sent = [
        slackBody(message, 1e12),
        webhookBody(message, 1e12),
        commandInput(message, "mail", 1e12),
        commandInput(message, "msmtp", 1e12),
        JSON.stringify(alert),
      ].join("\n");
      expect(sent).not.toContain(key);
    }),
    { numRuns: 2_000 },
  );
});

test("redacting is one line, bounded, and twice is as once", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 600 }), (text) => {
      const once = redact(text);
      expect(once.length).toBeLessThanOrEqual(300);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(once).not.toMatch(/[\u0000-\u001f]/);
      expect(redact(once)).toBe(once);
    }),
    { numRuns: 2_000 },
  );
});

test("plain sentences about services stay as they are", () => {
  const name = fc.stringMatching(/^[a-z]{2,12}(-[a-z]{2,12}){0,3}(-v?\d{1,2})?$/);
  fc.assert(
    fc.property(name, fc.nat(9_999), (service, ms) => {
      const text = `${service} gave no answer within ${ms} ms, 3 times in a row`;
      expect(redact(text)).toBe(text);
    }),
  );
});

const alert: fc.Arbitrary<Alert> = fc.record({
  id: fc.uuid(),
  project: fc.string(),
  level: fc.constantFrom("healed", "needs-you", "losing"),
  service: fc.string(),
  code: fc.string(),
  cause: fc.string({ unit: "binary" }),
  at: fc.nat(4e12),
  since: fc.option(fc.nat(4e12), { nil: undefined }),
  lostMs: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined }),
  incident: fc.option(fc.nat(), { nil: undefined }),
  next: fc.string(),
});

test("whatever the names, bodies are JSON and a mail has one header of ASCII", () => {
  fc.assert(
    fc.property(alert, fc.nat(4e12), (given, now) => {
      const message = { kind: "alert", alert: given } as const;
      JSON.parse(slackBody(message, now));
      expect(JSON.parse(webhookBody(message, now))).toMatchObject({ schema: 1, id: given.id });
      const mail = commandInput(message, "msmtp", now);
      const header = mail.slice(0, mail.indexOf("\n\n"));
      expect(header).toMatch(/^[\x20-\x7e\n]*$/);
      expect(header.split("\n")).toHaveLength(5);
    }),
  );
});

test("tries end within a day of the first, however the clock and chance behave", () => {
  const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(fc.infiniteStream(chance), fc.nat(86_400_000 * 2), (randoms, back) => {
      let now = 0;
      let tries = 0;
      let at: number | undefined = 0;
      for (const random of randoms) {
        if (at === undefined || tries > 1_000) break;
        now = at;
        tries += 1;
        at = nextTry({ queuedAt: back, tries }, now, random);
        expect(at ?? now + 1).toBeGreaterThan(now);
        expect((at ?? now) - now).toBeLessThanOrEqual(900_000 * 1.2);
      }
      expect(tries).toBeGreaterThan(100);
      expect(tries).toBeLessThan(1_000);
    }),
    { numRuns: 30 },
  );
});

test("a message is read from the outbox as it was written; anything else is none, and never an exception", () => {
  fc.assert(
    fc.property(alert, fc.jsonValue(), (given, anything) => {
      const kept = (body: unknown) => storedMessage(JSON.parse(JSON.stringify(body)));
      const digest = { kind: "digest", id: "d", project: "p", at: 1, alerts: [given] } as const;
      expect(kept({ kind: "alert", alert: given })).toEqual({ kind: "alert", alert: given });
      expect(kept(digest)).toEqual(digest);
      expect(kept({ kind: "alert", alert: anything })).toBeUndefined();
      expect(kept(anything)).toBeUndefined();
      expect(storedMessage(undefined)).toBeUndefined();
    }),
  );
});
