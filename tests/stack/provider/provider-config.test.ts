import { describe, expect, test } from "bun:test";
import { readProviderConfig } from "../../../stack/provider/lib/config/provider-config.ts";

const AUTH = "a".repeat(32);
const RIGHT = {
  DATABASE_URL: "postgres://app:pw@database:5432/soloflow",
  BETTER_AUTH_SECRET: AUTH,
  API_KEY_PEPPER: "p".repeat(40),
};

const noFiles = (path: string): string => {
  throw new Error(`unexpected read of ${path}`);
};
const read = (env: Record<string, string>, files: Record<string, string> = {}) =>
  readProviderConfig(env, (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return text;
  });

describe("the configuration", () => {
  test("three values are enough", () => {
    const { config, faults, warnings } = readProviderConfig(RIGHT, noFiles);
    expect(faults).toEqual([]);
    expect(warnings).toEqual([]);
    expect(config?.baseUrl.origin).toBe("http://localhost:3000");
    expect(config?.social).toEqual({});
  });

  test("every fault is reported at once", () => {
    const { config, faults } = readProviderConfig({ BETTER_AUTH_URL: "example.com" }, noFiles);
    expect(config).toBeUndefined();
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "DATABASE_URL",
      "BETTER_AUTH_SECRET",
      "API_KEY_PEPPER",
      "BETTER_AUTH_URL",
    ]);
  });

  test("a BETTER_AUTH_SECRET of 31 characters is refused, one of 32 is not", () => {
    const { faults } = readProviderConfig({ ...RIGHT, BETTER_AUTH_SECRET: "s".repeat(31) }, noFiles);
    expect(faults).toEqual(["BETTER_AUTH_SECRET: version 1 has 31 characters, it needs 32 or more"]);
  });

  test("only the secret that issues has to be long: a weak old one can be rotated away", () => {
    const { config } = readProviderConfig({ ...RIGHT, BETTER_AUTH_SECRET: `2:${AUTH},1:weak` }, noFiles);
    expect(config?.authSecrets.map((entry) => entry.version)).toEqual([2, 1]);
  });

  test("BETTER_AUTH_SECRETS goes before BETTER_AUTH_SECRET, as in Better Auth", () => {
    const { config } = readProviderConfig({ ...RIGHT, BETTER_AUTH_SECRETS: `7:${AUTH}` }, noFiles);
    expect(config?.authSecrets[0].version).toBe(7);
  });

  test("NAME_FILE goes before NAME, and its last line break is no part of the value", () => {
    const env = { ...RIGHT, API_KEY_PEPPER_FILE: "/run/secrets/API_KEY_PEPPER" };
    const pepper = "from-a-file-0123456789";
    const { config } = read(env, { "/run/secrets/API_KEY_PEPPER": `${pepper}\n` });
    expect(config?.peppers).toEqual([{ version: 1, value: pepper }]);
  });

  test("a file that cannot be read is a fault that names it, and NAME does not stand in for it", () => {
    const { config, faults } = read({ ...RIGHT, DATABASE_URL_FILE: "/run/secrets/DATABASE_URL" });
    expect(config).toBeUndefined();
    expect(faults[0]).toBe("DATABASE_URL_FILE: cannot read /run/secrets/DATABASE_URL (ENOENT)");
  });

  test.each(["mysql://a@b/c", "postgres://app@database", "database:5432/soloflow", "not a url"])(
    "the database address %p is refused",
    (url) => {
      expect(readProviderConfig({ ...RIGHT, DATABASE_URL: url }, noFiles).faults).toHaveLength(1);
    },
  );

  test("no fault and no warning quotes a value", () => {
    const canary = "canary0123";
    const env = {
      DATABASE_URL: `mysql://${canary}`,
      BETTER_AUTH_SECRET: canary,
      API_KEY_PEPPER: canary,
      BETTER_AUTH_URL: `ftp://${canary}`,
      BETTER_AUTH_TRUSTED_ORIGINS: canary,
      STRIPE_SECRET_KEY: canary,
      UPSTASH_REDIS_REST_TOKEN: canary,
    };
    const { faults, warnings } = readProviderConfig(env, noFiles);
    expect(faults).toHaveLength(5);
    expect(warnings).toHaveLength(3);
    expect(JSON.stringify({ faults, warnings })).not.toContain(canary);
  });

  test("a sign-in provider counts only with both halves; one alone is warned of and hurts nothing", () => {
    const whole = { GOOGLE_CLIENT_ID: "g", GOOGLE_CLIENT_SECRET: "s" };
    const { config, warnings } = readProviderConfig({ ...RIGHT, ...whole, GITHUB_CLIENT_ID: "h" }, noFiles);
    expect(config?.social).toEqual({ google: { clientId: "g", clientSecret: "s" } });
    expect(warnings).toEqual(["GITHUB_CLIENT_SECRET: missing, so GITHUB_CLIENT_ID is of no use"]);
  });

  test("origins are kept without their trailing slash, since a browser sends none", () => {
    const { config } = readProviderConfig(
      { ...RIGHT, BETTER_AUTH_TRUSTED_ORIGINS: "https://a.example/, https://b.example:8443" },
      noFiles,
    );
    expect(config?.trustedOrigins).toEqual(["https://a.example", "https://b.example:8443"]);
  });
});
