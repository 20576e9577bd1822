import { expect, test } from "bun:test";
import { specDiff } from "../../../agent/plan/spec-diff.ts";

test("a changed field is told with its old and its new value", () => {
  const before = { image: "sha256:aaa", environment: { LEVEL: "info", GONE: "1" } };
  const after = { image: "sha256:bbb", environment: { LEVEL: "debug", NEW: "2" } };
  expect(specDiff(before, after)).toEqual([
    "environment.GONE: removed (was 1)",
    "environment.LEVEL: info → debug",
    "environment.NEW: added 2",
    "image: aaa → bbb",
  ]);
});

test("what may be a secret is told as a fingerprint", () => {
  const diff = specDiff({ environment: { API_KEY: "old-value" } }, { environment: { API_KEY: "new-value" } });
  expect(diff.join()).toMatch(/^environment\.API_KEY: #[0-9a-f]{12} → #[0-9a-f]{12}$/);
  const inside = specDiff(
    {},
    { environment: { DSN: "postgres://user:hidden@host/db" }, command: ["--password=hidden"] },
  );
  expect(inside.join()).not.toContain("hidden");
});

test.each([
  ...[
    "DB_PASS",
    "SMTP_PASS",
    "PGPASS",
    "PGPASSWORD",
    "JWT_SALT",
    "BASIC_AUTH",
    "API_KEY_PEPPER",
    "REDIS_PWD",
  ],
  ...["STRIPE_SECRET_KEY", "GITHUB_TOKEN", "SENTRY_DSN", "DATABASE_URL", "MONGO_URI", "db.pass", "smtp_pass"],
])("the value of %s is not shown, whatever happens to it", (name) => {
  const [one, other] = [{ environment: { [name]: "hidden-1" } }, { environment: { [name]: "hidden-2" } }];
  for (const [before, after] of [
    [one, other],
    [{}, one],
    [one, {}],
  ] as const) {
    const told = specDiff(before, after).join();
    expect(told).toContain(name);
    expect(told).not.toContain("hidden");
  }
});

test.each([
  "--pass hidden",
  "--password=hidden",
  "redis://hidden@cache:6379",
  "redis://:hidden@cache:6379",
  "api-key: hidden",
  "AccountKey=hidden;",
  "https://hook.test/?token=hidden",
])("a value such as %p is not shown, whatever its name", (value) => {
  expect(specDiff({}, { environment: { SETTING: value }, command: ["run", value] }).join()).not.toContain(
    "hidden",
  );
});

test("a changed secret is told by its name, not by the folder that follows from it", () => {
  const spec = (print: string) => ({
    labels: { "dev.soloflow.secrets": `PEPPER=${print} OTHER=ffff` },
    volumes: [{ type: "bind", source: `/run/soloflow/x/${print}`, target: "/run/secrets" }],
  });
  expect(specDiff(spec("aaaa"), spec("bbbb"))).toEqual(["secret PEPPER: #aaaa → #bbbb"]);
});

test("mounts are compared by where they are mounted, not by their place in the list", () => {
  const data = { type: "volume", source: "data", target: "/data" };
  const logs = { type: "volume", source: "logs", target: "/logs" };
  expect(specDiff({ volumes: [data, logs] }, { volumes: [logs, data] })).toEqual([]);
});
