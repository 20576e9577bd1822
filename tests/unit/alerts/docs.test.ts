import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseConfig } from "../../../agent/config/parse.ts";
import { Secret } from "../../../agent/core/secret.ts";
import { signatureHeaders } from "../../../agent/plan/alerts/signature.ts";
import { webhookBody } from "../../../agent/plan/alerts/webhook.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const text = readFileSync(resolve(import.meta.dir, "../../../docs/alerts.md"), "utf8");

type Verify = (headers: Record<string, string>, body: string, key: string) => boolean;

describe("docs/alerts.md", () => {
  test("its receiver takes what is signed, and nothing that was changed, old or signed by another", async () => {
    using folder = tempFolder();
    const [, code = ""] = /```js\n([\s\S]*?)```/.exec(text) ?? [];
    writeFileSync(folder.at("verify.mjs"), code);
    const { verify } = (await import(folder.at("verify.mjs"))) as { verify: Verify };
    const signed = (key: string, at: number, body = "{}") =>
      Object.fromEntries(
        Object.entries(signatureHeaders(new Secret(key), at, body)).map(([name, value]) => [
          name.toLowerCase(),
          value,
        ]),
      );
    const now = Date.now();
    expect(verify(signed("k", now), "{}", "k")).toBe(true);
    expect(verify(signed("k", now), "{ }", "k")).toBe(false);
    expect(verify(signed("other", now), "{}", "k")).toBe(false);
    expect(verify(signed("k", now - 301_000), "{}", "k")).toBe(false);
    expect(
      verify({ ...signed("k", now - 301_000), "soloflow-timestamp": String(now / 1_000) }, "{}", "k"),
    ).toBe(false);
    expect(verify({}, "{}", "k")).toBe(false);
  });

  test("its table has every field of the document", () => {
    const at = 1_700_000_000_000;
    const alert = {
      ...({ id: "i", project: "p", level: "losing", service: "s", code: "c", cause: "x", at } as const),
      ...{ since: at, lostMs: 1, incident: 1, next: "n" },
    };
    const digest = { kind: "digest", id: "d", project: "p", at, alerts: [alert] } as const;
    const fields = [{ kind: "alert", alert } as const, digest].flatMap((message) =>
      Object.keys(JSON.parse(webhookBody(message, at)) as object),
    );
    const table = text.slice(text.indexOf("| field |"), text.indexOf("`Soloflow-Signature"));
    expect(fields.filter((field) => !table.includes(`\`${field}\``))).toEqual([]);
  });

  test("its settings are settings", () => {
    const blocks = [...text.matchAll(/((?:^ {4}.*\n|^\n)+)/gm)].map(([block]) =>
      block.replaceAll(/^ {4}/gm, ""),
    );
    const toml = blocks.filter((block) => /^\s*\[(alerts|metrics)\]/.test(block));
    expect(toml.length).toBe(5);
    for (const block of toml) {
      const secret = block.includes("PING_URL")
        ? '\n[secret.PING_URL]\nkind = "external"\nfor = ["agent"]\n'
        : "";
      expect(parseConfig(`project = "shop"\n${block}${secret}`, "soloflow.toml").faults).toEqual([]);
    }
  });
});
