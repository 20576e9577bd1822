import { expect, test } from "bun:test";
import { join } from "node:path";
import { Secret } from "../../../agent/core/secret.ts";
import { storeKeys } from "../../../agent/host/secret-store/store-keys.ts";
import type { AuditEntry } from "../../../agent/plan/audit.ts";
import {
  appendAudit,
  readAudit,
  resealAudit,
  setAuditAside,
  verifyAudit,
} from "../../../agent/run/audit/audit-log.ts";
import { scriptedHost } from "../../support/scripted-host.ts";
import { countedFiles } from "../../support/secret-store.ts";

const keys = storeKeys(new Secret("AGE-SECRET-KEY-OF-A-TEST"));
const others = storeKeys(new Secret("AGE-SECRET-KEY-OF-ANOTHER-TEST"));
const AT = "2026-02-03T04:05:06.000Z";
const entry = (id: string): AuditEntry => ({
  ...{ at: "2026-01-02T03:04:05.000Z", who: "root", what: "rotated", secret: "PEPPER", version: 2 },
  ...{ result: "done", id },
});

test("what was written is read, and a second writing of the same adds nothing", async () => {
  using host = scriptedHost();
  const place = { paths: { state: host.folder.at("state") } };
  await appendAudit(host, place, keys, [entry("a"), entry("b")]);
  await appendAudit(host, place, keys, [entry("b"), entry("c")]);
  expect((await readAudit(host, place)).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(await verifyAudit(host, place, keys)).toEqual({ lines: 3, faults: [] });
});

test("killed around any of its writes, the log is right and the next writing completes it", async () => {
  for (let at = 1; at <= 6; at += 1) {
    using host = scriptedHost();
    const place = { paths: { state: host.folder.at("state") } };
    await appendAudit(host, place, keys, [entry("a")]);
    const killed = (call: number) => {
      if (call === Math.ceil(at / 2)) throw new Error("killed");
    };
    const files = countedFiles(
      at % 2 === 1 ? { before: killed, after: () => {} } : { before: () => {}, after: killed },
    );
    await expect(appendAudit({ files }, place, keys, [entry("b")])).rejects.toThrow("killed");
    expect((await verifyAudit(host, place, keys)).faults).toEqual([]);
    await appendAudit(host, place, keys, [entry("b"), entry("c")]);
    expect((await readAudit(host, place)).map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect((await verifyAudit(host, place, keys)).faults).toEqual([]);
  }
});

test("a log that was tampered with is not written on, nor one that another machine sealed", async () => {
  using host = scriptedHost();
  const place = { paths: { state: host.folder.at("state") } };
  await appendAudit(host, place, keys, [entry("a"), entry("b")]);
  await expect(appendAudit(host, place, others, [entry("c")])).rejects.toMatchObject({ code: "audit" });
  const file = join(place.paths.state, "audit.jsonl");
  const text = (await host.files.readText(file)) ?? "";
  await host.files.writeAtomic(file, `${text.split("\n")[0]}\n`);
  await expect(appendAudit(host, place, keys, [entry("c")])).rejects.toMatchObject({ code: "audit" });
  expect((await verifyAudit(host, place, keys)).faults).toEqual([
    { line: 1, what: "1 lines after it are gone, there were 2" },
  ]);
});

test("with a new identity the log is proven by that one", async () => {
  using host = scriptedHost();
  const place = { paths: { state: host.folder.at("state") } };
  await appendAudit(host, place, keys, [entry("a")]);
  await resealAudit(host, place, storeKeys(new Secret("AGE-SECRET-KEY-OF-ANOTHER-TEST"), keys));
  await appendAudit(host, place, others, [entry("b")]);
  expect(await verifyAudit(host, place, others)).toEqual({ lines: 2, faults: [] });
});

test("a log that another key has sealed is set aside, whole, and a new one begins; one's own stays", async () => {
  using host = scriptedHost();
  const place = { paths: { state: host.folder.at("state") } };
  await appendAudit(host, place, keys, [entry("a")]);
  expect(await setAuditAside(host, place, keys, AT)).toBeUndefined();
  const aside = await setAuditAside(host, place, others, AT);
  expect(aside).toBe(join(place.paths.state, "audit.jsonl.aside-20260203T040506000Z"));
  expect(await host.files.readText(aside ?? "")).toContain('"id":"a"');
  await appendAudit(host, place, others, [entry("b")]);
  expect(await verifyAudit(host, place, others)).toEqual({ lines: 1, faults: [] });
});
