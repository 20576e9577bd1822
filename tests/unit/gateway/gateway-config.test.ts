import { describe, expect, test } from "bun:test";
import { readGatewayConfig } from "../../../stack/gateway/src/config/gateway-config.ts";

const LEAST = {
  DATABASE_URL: "postgres://role:password@database:5432/soloflow",
  API_KEY_PEPPER: "a-pepper-of-24-characters",
};

const noFile = (path: string): string => {
  throw Object.assign(new Error(path), { code: "ENOENT" });
};

/** The faults of an environment, or none. */
function faults(env: Record<string, string>): readonly string[] {
  const reading = readGatewayConfig(env, noFile);
  return reading.kind === "fault" ? reading.faults : [];
}

describe("the configuration", () => {
  test("needs a database and a pepper, and has defaults for the rest", () => {
    expect(readGatewayConfig(LEAST, noFile)).toMatchObject({
      kind: "read",
      config: { PORT: 8080, RATE_LIMIT_PER_SECOND: 500, RATE_LIMIT_BURST: 1000, UPSTREAM_TIMEOUT_MS: 30_000 },
    });
    expect(faults({}).map((fault) => fault.split(":")[0])).toEqual(["DATABASE_URL", "API_KEY_PEPPER"]);
  });

  test("takes an empty variable for none, as Compose passes it on", () => {
    const empty = Object.fromEntries(
      ["PORT", "UPSTREAMS", "CORS_ORIGINS", "RATE_LIMIT_BURST"].map((name) => [name, ""]),
    );
    expect(faults({ ...LEAST, ...empty, API_KEY_PEPPER_FILE: "" })).toEqual([]);
  });

  test("prefers the file that NAME_FILE names, and never falls back from it", () => {
    const files: Record<string, string> = { "/run/secrets/API_KEY_PEPPER": "7:the-pepper-of-the-file\n" };
    const read = (path: string) => files[path] ?? noFile(path);
    const env = { ...LEAST, API_KEY_PEPPER_FILE: "/run/secrets/API_KEY_PEPPER" };
    expect(readGatewayConfig(env, read)).toMatchObject({
      config: { API_KEY_PEPPER: { issuing: { version: 7, value: "the-pepper-of-the-file" } } },
    });
    expect(faults(env)).toEqual(["API_KEY_PEPPER_FILE: cannot read /run/secrets/API_KEY_PEPPER (ENOENT)"]);
  });

  test.each([
    ["PORT", "80x"],
    ["PORT", "65536"],
    ["RATE_LIMIT_PER_SECOND", "0"],
    ["UPSTREAM_TIMEOUT_MS", "-1"],
    ["UPSTREAM_IDLE_TIMEOUT_MS", "250001"],
    ["CORS_ORIGINS", "*"],
    ["CORS_ORIGINS", "https://example.com/path"],
    ["UPSTREAMS", "service-1=http://elsewhere"],
    ["DATABASE_URL", "mysql://role:password@database/x"],
    ["DATABASE_URL", "postgres:///x"],
    ["DATABASE_URL", "postgres://role:%zz@database/x"],
    ["DATABASE_URL", "postgres:nowhere"],
    ["API_KEY_PEPPER", "short"],
  ])("names %s=%s as its one fault", (name, value) => {
    const found = faults({ ...LEAST, [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toStartWith(`${name}: `);
  });
});
