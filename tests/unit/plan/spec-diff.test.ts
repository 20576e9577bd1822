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
