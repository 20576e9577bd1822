import { expect, test } from "bun:test";
import { probeFromHealthcheck } from "../../../../agent/plan/init/probe-from-healthcheck.ts";

const probes: [string, Record<string, unknown> & { test: string[] }, unknown][] = [
  ["curl", { test: ["CMD", "curl", "-f", "http://localhost:8080/health"] }, { http: ":8080/health" }],
  [
    "wget in a shell",
    { test: ["CMD-SHELL", "wget -qO- http://127.0.0.1:3000/api/health || exit 1"] },
    { http: ":3000/api/health" },
  ],
  ["the default port and path", { test: ["CMD", "/usr/bin/curl", "http://localhost"] }, { http: ":80/" }],
  [
    "a query, which may carry a token",
    { test: ["CMD", "curl", "http://localhost:80/up?key=canary"] },
    { http: ":80/up" },
  ],
  ["nc", { test: ["CMD-SHELL", "nc -z localhost 5432"] }, { tcp: ":5432" }],
  [
    "pg_isready",
    { test: ["CMD-SHELL", "pg_isready -U postgres || exit 1"] },
    { exec: ["pg_isready", "-U", "postgres"] },
  ],
  [
    "pg_isready with the container's variables",
    { test: ["CMD-SHELL", "pg_isready -U $${POSTGRES_USER}"] },
    { exec: ["sh", "-c", `pg_isready -U \${POSTGRES_USER}`] },
  ],
  [
    "a long start",
    { test: ["CMD", "curl", "http://localhost:8080/"], start_period: "2m0s", interval: "10s", retries: 5 },
    { http: ":8080/", within: "170s" },
  ],
];

test.each(probes)("%s becomes a probe", (_name, health, expected) => {
  expect(probeFromHealthcheck(health)).toEqual(expected as never);
});

const others: [string, Record<string, unknown> & { test?: string[] }][] = [
  ["a command that may carry a password", { test: ["CMD", "redis-cli", "-a", "canary", "ping"] }],
  ["https, whose certificate is the container's own", { test: ["CMD", "curl", "-k", "https://localhost/"] }],
  ["another machine", { test: ["CMD", "curl", "http://example.com/"] }],
  ["no check", { test: ["NONE"] }],
  ["a check that is switched off", { test: ["CMD", "curl", "http://localhost/"], disable: true }],
  ["the image's own check", {}],
];

test.each(others)("%s is left to Docker's own health", (_name, health) => {
  expect(probeFromHealthcheck(health)).toBeUndefined();
});
