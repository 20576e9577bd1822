import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectedFingerprints, parseFingerprints } from "../../../agent/plan/fingerprints.ts";
import { isDirect } from "../../../stack/gateway/src/http/is-direct.ts";
import { NEW_PEPPER, OLD_PEPPER } from "./api-keys.ts";
import { type GatewayProcess, startGateway } from "./gateway-process.ts";

const PATH = "/internal/secrets";
/** Fingerprints are told whether or not there is a database. */
const NO_DATABASE = "postgres://nobody:nothing@127.0.0.1:1/none";

let gateway: GatewayProcess;
beforeAll(async () => {
  const API_KEY_PEPPER = `2:${NEW_PEPPER.value},1:${OLD_PEPPER.value}`;
  gateway = await startGateway(NO_DATABASE, { API_KEY_PEPPER });
}, 60_000);
afterAll(() => gateway?.[Symbol.asyncDispose]());

describe("fingerprints of the peppers", () => {
  test("are those that the agent expects, in the form that it reads, and no value is among them", async () => {
    const answer = await fetch(gateway.baseUrl + PATH);
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const text = await answer.text();
    const versions = [OLD_PEPPER, NEW_PEPPER].map(({ version, value }) => ({ n: version, value }));
    expect(parseFingerprints(text)).toEqual({
      API_KEY_PEPPER: expectedFingerprints("API_KEY_PEPPER", versions, 2),
    });
    for (const { value } of versions) expect(text).not.toContain(value);
  });

  test("of a bare value are those of version 1", async () => {
    await using bare = await startGateway(NO_DATABASE);
    const text = await (await fetch(bare.baseUrl + PATH)).text();
    const only = [{ n: 1, value: OLD_PEPPER.value }];
    expect(parseFingerprints(text)).toEqual({
      API_KEY_PEPPER: expectedFingerprints("API_KEY_PEPPER", only, 1),
    });
  });

  test.each(["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"])(
    "are told to nobody who comes through a proxy, as %s says",
    async (header) => {
      const answer = await fetch(gateway.baseUrl + PATH, { headers: { [header]: "1.1 proxy" } });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({ error: "not_found", message: "there is nothing here" });
    },
  );

  test("are there to be read only", async () => {
    expect((await fetch(gateway.baseUrl + PATH, { method: "POST" })).status).toBe(404);
  });

  test.each([
    ["127.0.0.1", true],
    ["::1", true],
    ["::ffff:172.18.0.1", true],
    ["10.219.0.4", true],
    ["fd00::2", true],
    ["172.32.0.1", false],
    ["203.0.113.7", false],
    ["::ffff:203.0.113.7", false],
    ["2001:db8::1", false],
    [undefined, false],
  ])("are told to %p: %p", (address, told) => {
    expect(isDirect(new Headers(), address)).toBe(told);
  });
});
