import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { startPostgres, type TestPostgres } from "../../support/postgres.ts";
import { waitFor } from "../../support/wait-for.ts";
import {
  createKeyTable,
  type IssuedKey,
  type KeyTable,
  NEW_PEPPER,
  OLD_PEPPER,
  standsOn,
} from "./api-keys.ts";
import { type GatewayProcess, startReadyGateway } from "./gateway-process.ts";

const BOTH = `${NEW_PEPPER.version}:${NEW_PEPPER.value},${OLD_PEPPER.version}:${OLD_PEPPER.value}`;

let postgres: TestPostgres;
let table: KeyTable;
beforeAll(async () => {
  postgres = await startPostgres();
  table = await createKeyTable(postgres, "keys");
}, 180_000);
afterAll(() => postgres?.[Symbol.asyncDispose]());

function ask(gateway: GatewayProcess, key?: string, init: RequestInit = {}): Promise<Response> {
  const headers = key === undefined ? {} : { "x-api-key": key };
  return fetch(`${gateway.baseUrl}/api/v1/service-1/test`, { headers, ...init });
}

const status = async (gateway: GatewayProcess, key?: string) => (await ask(gateway, key)).status;

/** The same key with another secret part. */
function forge({ key }: IssuedKey): string {
  const last = key.endsWith("A") ? "B" : "A";
  return key.slice(0, -1) + last;
}

describe("a key", () => {
  test("that is good opens GET and POST, which say their method back", async () => {
    await using gateway = await startReadyGateway(table.url);
    const { key } = await table.issue();
    expect(await (await ask(gateway, key)).json()).toMatchObject({ service: "service-1", method: "GET" });
    const posted = await ask(gateway, key, { method: "POST", body: "hello", headers: { "x-api-key": key } });
    expect(posted.status).toBe(200);
    expect(await posted.json()).toMatchObject({
      method: "POST",
      body: { bytes: 5, sha256: new Bun.CryptoHasher("sha256").update("hello").digest("hex") },
    });
  });

  test("that is missing, malformed, unknown, forged or revoked is refused with JSON, all alike but the first", async () => {
    await using gateway = await startReadyGateway(table.url);
    const good = await table.issue();
    const revoked = await table.issue();
    await table.revoke(revoked);
    const missing = await ask(gateway);
    expect(missing.status).toBe(401);
    expect(await missing.json()).toEqual({
      error: "unauthorized",
      message: expect.stringContaining("missing"),
    });
    const unknown = `sk_live_${"x".repeat(44)}`;
    for (const key of ["nonsense", `${good.key}, ${good.key}`, unknown, forge(good), revoked.key]) {
      const answer = await ask(gateway, key);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("content-type")).toContain("application/json");
      expect(await answer.json()).toEqual({ error: "unauthorized", message: "the API key is not valid" });
    }
    expect(await status(gateway, good.key)).toBe(200);
    expect(await status(gateway, forge(good))).toBe(401);
  });

  test("that is revoked while it is in use is refused within a second", async () => {
    await using gateway = await startReadyGateway(table.url);
    for (let round = 0; round < 3; round += 1) {
      const issued = await table.issue();
      expect(await status(gateway, issued.key)).toBe(200);
      const lastGood = { began: 0 };
      let stop = false;
      const use = async () => {
        while (!stop) {
          const began = performance.now();
          if ((await status(gateway, issued.key)) === 200) lastGood.began = Math.max(lastGood.began, began);
        }
      };
      const users = [use(), use(), use()];
      await waitFor("the key is in use", () => lastGood.began > 0);
      await table.revoke(issued);
      const revokedAt = performance.now();
      await waitFor("it is refused", async () => (await status(gateway, issued.key)) === 401, 3000);
      await Bun.sleep(300); // it must stay so
      stop = true;
      await Promise.all(users);
      expect(lastGood.began - revokedAt).toBeLessThan(1000);
    }
  }, 20_000);

  test("that was just made works, though it was asked for before", async () => {
    await using gateway = await startReadyGateway(table.url);
    const { key, keyId } = await table.issue();
    await table.sql`update api_key set key_id = 'moved0000000' where key_id = ${keyId}`;
    expect(await status(gateway, key)).toBe(401);
    await table.sql`update api_key set key_id = ${keyId} where key_id = 'moved0000000'`;
    await waitFor("it works", async () => (await status(gateway, key)) === 200, 1000);
  });

  test("leaves the time of its last use, soon", async () => {
    await using gateway = await startReadyGateway(table.url);
    const issued = await table.issue();
    const before = Date.now();
    await Promise.all(Array.from({ length: 20 }, () => status(gateway, issued.key)));
    const after = Date.now();
    const used = await waitFor(
      "it is written",
      async () => (await table.stored(issued)).last_used_at ?? undefined,
    );
    expect(used.getTime()).toBeGreaterThanOrEqual(before);
    expect(used.getTime()).toBeLessThanOrEqual(after);
  }, 20_000);

  test("leaves it at the gateway's end too", async () => {
    await using gateway = await startReadyGateway(table.url);
    const issued = await table.issue();
    await status(gateway, issued.key);
    gateway.signal("SIGTERM");
    expect(await gateway.exited).toBe(0);
    expect((await table.stored(issued)).last_used_at).not.toBeNull();
  });
});

describe("peppers", () => {
  test("two are accepted, a use moves a key to the one that issues, and then the old one can go", async () => {
    const keys = await Promise.all(Array.from({ length: 12 }, () => table.issue(OLD_PEPPER)));
    const young = await table.issue(NEW_PEPPER);
    {
      await using gateway = await startReadyGateway(table.url, { API_KEY_PEPPER: BOTH });
      for (const { key } of [...keys, young]) expect(await status(gateway, key)).toBe(200);
      await waitFor("every key has moved", async () => {
        await Promise.all(keys.map(({ key }) => status(gateway, key)));
        const rows = await Promise.all(keys.map(table.stored));
        return rows.every((row) => row.pepper_version === NEW_PEPPER.version);
      });
      for (const key of keys) {
        expect(standsOn(await table.stored(key), key, NEW_PEPPER)).toBe(true);
        expect(await status(gateway, key.key)).toBe(200);
        expect(await status(gateway, forge(key))).toBe(401);
      }
    }
    await using after = await startReadyGateway(table.url, {
      API_KEY_PEPPER: `${NEW_PEPPER.version}:${NEW_PEPPER.value}`,
    });
    for (const { key } of keys) expect(await status(after, key)).toBe(200);
  }, 20_000);

  test("a wrong secret with a right handle moves nothing", async () => {
    await using gateway = await startReadyGateway(table.url, { API_KEY_PEPPER: BOTH });
    const issued = await table.issue(OLD_PEPPER);
    for (let use = 0; use < 5; use += 1) expect(await status(gateway, forge(issued))).toBe(401);
    await Bun.sleep(100);
    expect(standsOn(await table.stored(issued), issued, OLD_PEPPER)).toBe(true);
  });

  test("a key on a newer pepper stays there while the old one issues", async () => {
    const peppers = `${OLD_PEPPER.version}:${OLD_PEPPER.value},${NEW_PEPPER.version}:${NEW_PEPPER.value}`;
    await using gateway = await startReadyGateway(table.url, { API_KEY_PEPPER: peppers });
    const issued = await table.issue(NEW_PEPPER);
    for (let use = 0; use < 5; use += 1) expect(await status(gateway, issued.key)).toBe(200);
    await Bun.sleep(100);
    expect(standsOn(await table.stored(issued), issued, NEW_PEPPER)).toBe(true);
  });

  test("of gateways in two phases of a rotation, both serve a key and only the one ahead moves it", async () => {
    const back = `${OLD_PEPPER.version}:${OLD_PEPPER.value},${NEW_PEPPER.version}:${NEW_PEPPER.value}`;
    await using expanded = await startReadyGateway(table.url, { API_KEY_PEPPER: back });
    await using flipped = await startReadyGateway(table.url, { API_KEY_PEPPER: BOTH });
    const issued = await table.issue(OLD_PEPPER);
    await waitFor("the one ahead has moved it", async () => {
      expect(await status(flipped, issued.key)).toBe(200);
      return standsOn(await table.stored(issued), issued, NEW_PEPPER);
    });
    for (let use = 0; use < 10; use += 1) {
      expect(await status(expanded, issued.key)).toBe(200);
      expect(await status(flipped, issued.key)).toBe(200);
    }
    await Bun.sleep(100); // it must stay so
    expect(standsOn(await table.stored(issued), issued, NEW_PEPPER)).toBe(true);
  }, 20_000);

  test("a new one that was taken back can be retired: its keys move to the old one, and pass all the time", async () => {
    const back = `${OLD_PEPPER.version}:${OLD_PEPPER.value},${NEW_PEPPER.version}:${NEW_PEPPER.value}`;
    const keys = await Promise.all(Array.from({ length: 6 }, () => table.issue(NEW_PEPPER)));
    {
      await using cured = await startReadyGateway(table.url, {
        API_KEY_PEPPER: back,
        PEPPER_BACK_AFTER_MS: "300",
      });
      await waitFor("every key has moved back", async () => {
        for (const { key } of keys) expect(await status(cured, key)).toBe(200);
        const rows = await Promise.all(keys.map(table.stored));
        return rows.every((row) => row.pepper_version === OLD_PEPPER.version);
      });
      for (const key of keys) expect(standsOn(await table.stored(key), key, OLD_PEPPER)).toBe(true);
    }
    await using retired = await startReadyGateway(table.url);
    for (const { key } of keys) expect(await status(retired, key)).toBe(200);
  }, 20_000);

  test("a key on one that is not here is refused, and named once without being told", async () => {
    await using gateway = await startReadyGateway(table.url);
    const issued = await table.issue(NEW_PEPPER);
    for (let use = 0; use < 5; use += 1) expect(await status(gateway, issued.key)).toBe(401);
    const named = gateway.logs().filter((line) => line.msg.includes("pepper"));
    expect(named).toHaveLength(1);
    expect(named[0]).toMatchObject({
      level: "error",
      keyId: issued.keyId,
      pepperVersion: NEW_PEPPER.version,
    });
    expect(JSON.stringify(gateway.logs())).not.toContain(issued.key);
  });
});

describe("what is invented", () => {
  test("does not fill the memory, nor drive out the keys that are in use", async () => {
    await using gateway = await startReadyGateway(table.url);
    const { key } = await table.issue();
    expect(await status(gateway, key)).toBe(200);
    const flood = async (count: number) => {
      for (let sent = 0; sent < count; sent += 200) {
        await Promise.all(Array.from({ length: 200 }, () => status(gateway, `sk_live_${invented(44)}`)));
      }
    };
    await flood(12_000); // more than are remembered
    const before = residentBytes(gateway.pid);
    await flood(24_000);
    expect(residentBytes(gateway.pid) - before).toBeLessThan(48 * 1024 * 1024);
    expect(await status(gateway, key)).toBe(200);
  }, 60_000);

  test("never shows in the log, wherever it was put", async () => {
    await using gateway = await startReadyGateway(table.url);
    const { key } = await table.issue();
    await fetch(`${gateway.baseUrl}/api/v1/service-1/${key}?key=${key}`, {
      headers: { "x-api-key": forge({ key, keyId: "" }) },
    });
    await waitFor("the refusal is in the log", () => gateway.logs().some((line) => line.msg === "refused"));
    expect(JSON.stringify(gateway.logs())).not.toContain(key.slice(-32));
  });
});

function invented(length: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => (byte % 36).toString(36)).join(
    "",
  );
}

function residentBytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}
