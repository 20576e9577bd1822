import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { Secret } from "../../../agent/core/secret.ts";
import { type Alert, alertOf } from "../../../agent/plan/alerts/alert.ts";
import { codeOf } from "../../../agent/plan/alerts/code-of.ts";
import { keyOf } from "../../../agent/plan/alerts/key-of.ts";
import { commandInput } from "../../../agent/plan/alerts/mail.ts";
import { linesOf, titleOf } from "../../../agent/plan/alerts/message.ts";
import { redact } from "../../../agent/plan/alerts/redact.ts";
import { isDue, nextTry } from "../../../agent/plan/alerts/retry.ts";
import { signatureHeaders } from "../../../agent/plan/alerts/signature.ts";
import { slackBody } from "../../../agent/plan/alerts/slack.ts";
import { waysOf } from "../../../agent/plan/alerts/ways.ts";
import { webhookBody } from "../../../agent/plan/alerts/webhook.ts";

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

const page: Alert = {
  id: "0197f0aa",
  project: "soloflow",
  level: "losing",
  service: "gateway",
  code: "no-answer",
  cause: "no answer within 1 s, 3 times in a row",
  at: AT,
  since: AT - 250_000,
  lostMs: 248_600,
  incident: 12,
  next: "soloflow-agent incidents 12",
};

const message = { kind: "alert", alert: page } as const;

describe("what a person reads", () => {
  test("an alert says where, what, since when, what customers lost and the next command", () => {
    expect([titleOf(message), ...linesOf(message, AT)].join("\n")).toMatchInlineSnapshot(`
      "soloflow/gateway is down: customers are losing requests
      What: no answer within 1 s, 3 times in a row
      Since: 2026-01-02 02:59:55 UTC (4 min 10 s)
      Lost: customers had no answer for 4 min 9 s
      Next: soloflow-agent incidents 12"
    `);
  });

  test("a digest has a line for each fault that healed", () => {
    const healed = { ...page, level: "healed", lostMs: 0 } as const;
    const digest = { kind: "digest", id: "d", project: "soloflow", at: AT, alerts: [healed, page] } as const;
    expect([titleOf(digest), ...linesOf(digest, AT)].join("\n")).toMatchInlineSnapshot(`
      "soloflow: 2 faults have healed without you
      2026-01-02 02:59:55 UTC gateway: no answer within 1 s, 3 times in a row; nothing that customers saw
      2026-01-02 02:59:55 UTC gateway: no answer within 1 s, 3 times in a row; customers had no answer for 4 min 9 s
      Look: soloflow-agent incidents"
    `);
  });

  test("what is no service is not said to lose requests", () => {
    const disk = { ...page, service: "this machine", cause: "4 % of the disk are free" } as const;
    expect(titleOf({ kind: "alert", alert: disk })).toBe("soloflow: this machine needs you now");
  });

  test("a test says that nothing is wrong", () => {
    expect(linesOf({ kind: "test", id: "t", project: "soloflow", at: AT }, AT)[0]).toContain(
      "Nothing is wrong",
    );
  });

  test("an alert without a beginning says when it was raised, and claims no loss", () => {
    const lines = linesOf({ kind: "alert", alert: { ...page, since: undefined, lostMs: undefined } }, AT);
    expect(lines).toContain("When: 2026-01-02 03:04:05 UTC");
    expect(lines.some((line) => line.startsWith("Lost"))).toBe(false);
  });
});

describe("what programs read", () => {
  test("Slack gets one text in which nothing of ours is markup; only a page calls the channel", () => {
    const loud = { kind: "alert", alert: { ...page, cause: "<!everyone> & <https://evil>" } } as const;
    const { text } = JSON.parse(slackBody(loud, AT)) as { text: string };
    expect(text).toStartWith("<!channel> *soloflow/gateway is down");
    expect(text).toContain("&lt;!everyone&gt; &amp; &lt;https://evil&gt;");
    const quiet = { kind: "alert", alert: { ...page, level: "needs-you" } } as const;
    expect(slackBody(quiet, AT)).not.toContain("<!channel>");
  });

  test("the webhook's document has every field, null where nothing is known", () => {
    const unknown = { ...page, since: undefined, lostMs: undefined, incident: undefined };
    expect(JSON.parse(webhookBody({ kind: "alert", alert: unknown }, AT))).toMatchObject({
      schema: 1,
      id: "0197f0aa",
      type: "alert",
      level: "losing",
      code: "no-answer",
      at: "2026-01-02T03:04:05.000Z",
      since: null,
      lostMs: null,
      incident: null,
    });
    const digest = { kind: "digest", id: "d", project: "soloflow", at: AT, alerts: [page] } as const;
    expect(JSON.parse(webhookBody(digest, AT))).toMatchObject({ type: "digest", healed: [{ incident: 12 }] });
  });

  test("the signature is HMAC-SHA256 over timestamp, full stop and body", () => {
    const headers = signatureHeaders(new Secret("a key"), AT + 999, "{}");
    const expected = createHmac("sha256", "a key")
      .update(`${AT / 1000}.{}`)
      .digest("hex");
    expect(headers).toEqual({
      "Soloflow-Timestamp": String(AT / 1000),
      "Soloflow-Signature": `v1=${expected}`,
    });
  });

  test("a mailer gets a mail, any other program the bare text; no name can add a header", () => {
    const evil = { kind: "alert", alert: { ...page, service: "x\nBcc: all@example.com" } } as const;
    const [header = ""] = commandInput(evil, "/usr/bin/msmtp", AT).split("\n\n");
    expect(header.split("\n").map((line) => line.split(":")[0])).toEqual([
      "Subject",
      "X-Soloflow-Id",
      "MIME-Version",
      "Content-Type",
      "Content-Transfer-Encoding",
    ]);
    expect(commandInput(message, "mail", AT)).toStartWith("soloflow/gateway is down");
  });
});

describe("what may leave the machine", () => {
  const cases = {
    "no answer from http://me:pw@10.0.0.1:8080/health?key=abc#x":
      "no answer from http://10.0.0.1:8080/health",
    'status 500: {"password":"hunter2"}': "status 500",
    "status 500: it is well again; hunter2; it is well again": "status 500; it is well again",
    "exit code 1: FATAL: hunter2; it still does not serve": "exit code 1; it still does not serve",
    "status 503: a; not restarted: hunter2": "status 503",
    "cannot connect: password=hunter2, giving up": "cannot connect: password=[redacted], giving up",
    "first\nsecond line of a log": "first",
    "key sk_live_51Habcdefghij0123 is wrong": "key [redacted] is wrong",
    "the service customer-api-gateway-v2 is silent": "the service customer-api-gateway-v2 is silent",
    "3 × GET :8080/actuator/health/liveness, no answer": "3 × GET :8080/actuator/health/liveness, no answer",
  };
  for (const [text, expected] of Object.entries(cases))
    test(JSON.stringify(text), () => expect(redact(text)).toBe(expected));

  test("what the watchdog decided is redacted before it is kept", () => {
    const action = { cause: "token=abc", level: "losing", service: "a", incident: 1, next: "see x" } as const;
    expect(alertOf(action, { project: "p", at: AT, id: "i" }).cause).toBe("token=[redacted]");
  });
});

describe("what is told once", () => {
  test("an incident has one page, whatever its causes; messages differ by service and code", () => {
    expect(keyOf({ ...page, code: "other", service: "b" })).toBe(keyOf(page));
    const needs = { ...page, level: "needs-you" } as const;
    expect(keyOf({ ...needs, code: "other" })).not.toBe(keyOf(needs));
    expect(keyOf({ ...page, incident: 13 })).not.toBe(keyOf(page));
  });

  test("without an incident the same is told again after some hours", () => {
    const disk = { ...page, incident: undefined, at: 0 };
    expect(keyOf({ ...disk, at: 3_600_000 })).toBe(keyOf(disk));
    expect(keyOf({ ...disk, at: 7 * 3_600_000 })).not.toBe(keyOf(disk));
  });

  test("a code has no numbers and nothing that was redacted", () => {
    expect(codeOf("no answer for 3.2 s (3 probes): x")).toBe("no-answer-for-s");
    expect(codeOf("[redacted] 17")).toBe("watchdog");
  });
});

describe("trying again", () => {
  const plan = (tries: number, random = 0.5) => nextTry({ queuedAt: 0, tries }, 0, random) ?? 0;

  test("after 1 s, then twice as long, at most a quarter of an hour, give or take a fifth", () => {
    expect([1, 2, 3, 11, 40].map((tries) => plan(tries))).toEqual([1_000, 2_000, 4_000, 900_000, 900_000]);
    expect([plan(1, 0), plan(1, 1)]).toEqual([800, 1_200]);
  });

  test("the receiver's own wish is honoured up to a quarter of an hour", () => {
    const wish = (retryAfterMs: number) => nextTry({ queuedAt: 0, tries: 1, retryAfterMs }, 0, 0.5);
    expect([wish(30_000), wish(86_400_000)]).toEqual([30_000, 900_000]);
  });

  test("after a day it is given up, and a clock put back cannot prolong that for ever", () => {
    expect(nextTry({ queuedAt: 0, tries: 3 }, 86_400_000, 0.5)).toBeUndefined();
    expect(nextTry({ queuedAt: 1e12, tries: 1_000 }, 0, 0.5)).toBeUndefined();
  });

  test("a plan beyond any plan's reach is due: the clock was put back", () => {
    expect([isDue(5, 5), isDue(6, 5), isDue(5 + 30 * 3_600_000, 5)]).toEqual([true, false, true]);
  });
});

test("the ways are those that are set; the dead-man ping is none", () => {
  expect(waysOf({})).toEqual([]);
  expect(waysOf({ slack: "S", command: ["mail"], deadMan: "D" })).toEqual(["slack", "command"]);
});
