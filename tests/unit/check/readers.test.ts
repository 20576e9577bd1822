import { describe, expect, test } from "bun:test";
import { composeErrors } from "../../../agent/plan/check/compose-errors.ts";
import { ComposeSource } from "../../../agent/plan/check/compose-source.ts";
import { eagerClientsIn } from "../../../agent/plan/check/eager-clients.ts";
import { interpolate } from "../../../agent/plan/check/interpolate.ts";
import { looseModel, projectName } from "../../../agent/plan/check/loose-model.ts";
import { readMeminfo } from "../../../agent/plan/check/meminfo.ts";
import { boundSockets } from "../../../agent/plan/check/proc-net.ts";
import { isSecretName } from "../../../agent/plan/check/secret-names.ts";

describe("a compose file", () => {
  test("has its faults all at once, with their places", () => {
    const { faults } = new ComposeSource("services:\n  a: [x\n  b: {\n  c: 'x\n", "compose.yaml");
    expect(faults.length).toBeGreaterThan(1);
    expect(faults[0]).toMatchObject({ file: "compose.yaml", line: 3, rule: "compose" });
  });

  test("that leads back into itself is refused", () => {
    expect(new ComposeSource("a: &a\n  b: *a\n", "compose.yaml").faults).toHaveLength(1);
    expect(new ComposeSource("a: *gone\n", "compose.yaml").faults).toMatchObject([{ line: 1, column: 4 }]);
  });

  test("knows Compose's own tags, and where anchors are written", () => {
    const text =
      "x-it: &it\n  image: a\n  ports: !reset []\nservices:\n  web:\n    <<: *it\n    restart: always\n";
    const source = new ComposeSource(text, "compose.yaml");
    expect(source.faults).toEqual([]);
    expect(source.key(["services", "web", "image"])).toEqual({ line: 2, column: 3 });
    expect(source.key(["services", "web", "restart"])).toEqual({ line: 7, column: 5 });
    expect(source.key(["services", "api"])).toBeUndefined();
    expect(source.nearest(["services", "web", "nothing"])).toEqual({ line: 5, column: 3 });
  });
});

test("variables are filled in as Compose does", () => {
  const values = { SET: "x", EMPTY: "" };
  const cases: Record<string, string> = {
    "$SET-${SET}": "x-x",
    "${EMPTY:-a}${EMPTY-b}${NONE-c}": "ac",
    "${SET:+yes}${EMPTY:+no}${EMPTY+set}": "yesset",
    "${NONE:-${SET}}": "x",
    $$SET: "$SET",
    "$ ${ $1": "$ ${ $1",
  };
  for (const [text, expected] of Object.entries(cases)) expect(interpolate(text, values)).toBe(expected);
});

test("short forms of a compose file are written out", () => {
  const data = {
    services: {
      web: {
        build: "./web",
        environment: ["A=1", "B", "C=x=y"],
        ports: ["80", "8080:80", "127.0.0.1:8081:80/udp", "[::1]:8082:80", "9000-9001:90-91"],
        volumes: ["data:/data", "./here:/there:ro", "/anonymous"],
        depends_on: ["db"],
        healthcheck: { test: "curl localhost" },
        networks: ["inner"],
      },
    },
  };
  expect(looseModel(data, "/srv/shop/compose.yaml", {})).toMatchObject({
    name: "shop",
    services: {
      web: {
        build: { context: "/srv/shop/web" },
        environment: { A: "1", B: null, C: "x=y" },
        ports: [
          { target: 80, protocol: "tcp" },
          { target: 80, published: "8080" },
          { target: 80, published: "8081", host_ip: "127.0.0.1", protocol: "udp" },
          { target: 80, published: "8082", host_ip: "::1" },
          { target: 90, published: "9000" },
        ],
        volumes: [
          { type: "volume", source: "data", target: "/data" },
          { type: "bind", source: "/srv/shop/here", target: "/there", read_only: true },
          { type: "volume", target: "/anonymous" },
        ],
        depends_on: { db: { condition: "service_started" } },
        healthcheck: { test: ["CMD-SHELL", "curl localhost"] },
        networks: { inner: null },
      },
    },
  });
  expect(projectName("_My Shop.v2")).toBe("myshopv2");
});

describe("what docker compose prints", () => {
  const source = new ComposeSource(
    "services:\n  web:\n    image: x\n    foo: 1\n    ports: [{}]\n    depends_on: [db]\n",
    "compose.yaml",
  );
  const cases: [string, number, number][] = [
    ["validating /x/compose.yaml: services.web Additional property foo is not allowed", 4, 5],
    ["service ports services.web.ports.[0] is missing a target port", 5, 13],
    ['service "web" depends on undefined service "db": invalid compose project', 6, 5],
    ["decoding failed due to the following error(s):\n\nerror decoding 'services[web].image': bad", 3, 5],
    ["yaml: line 4: did not find expected key", 4, 1],
  ];

  test.each(cases)("%s is placed", (printed, line, column) => {
    expect(composeErrors(printed, { compose: [source] })).toMatchObject([
      { severity: "error", file: "compose.yaml", line, column, rule: "compose" },
    ]);
  });

  test("warnings of its log are no errors", () => {
    const log = 'time="2026-01-01T00:00:00Z" level=warning msg="The X variable is not set."';
    expect(composeErrors(log, { compose: [source] })).toEqual([]);
    expect(composeErrors(`${log}\nempty compose file`, { compose: [source] })).toHaveLength(1);
  });
});

test("only sockets that listen are read from the kernel's tables", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0
   1: 0100007F:1F91 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 112 1 0 100 0
`;
  expect(boundSockets(table, "tcp")).toEqual([{ address: "127.0.0.1", port: 8080, inode: "111" }]);
  const six =
    "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 113 1";
  expect(boundSockets(six, "tcp")).toEqual([{ address: "::", port: 80, inode: "113" }]);
});

test("memory that can be had includes swap", () => {
  const text = "MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 500 kB\nSwapTotal: 100 kB\nSwapFree: 50 kB\n";
  expect(readMeminfo(text)).toEqual({ totalBytes: 1100 * 1024, availableBytes: 550 * 1024 });
  expect(readMeminfo("")).toBeUndefined();
});

test("clients that are made at the left margin of a module are eager, those in functions are not", () => {
  const source = `import Stripe from "stripe";

export const stripe: Stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);
const resend = new Resend(
  process.env.RESEND_API_KEY,
);
const app = new App(process.env.APP_NAME);
function client() {
  const later = new Stripe(process.env.STRIPE_SECRET_KEY!);
}
`;
  expect(eagerClientsIn(source)).toEqual([
    { line: 3, secret: "STRIPE_SECRET_KEY" },
    { line: 4, secret: "RESEND_API_KEY" },
  ]);
});

test("names that speak of secrets, and names that only seem to", () => {
  const secrets = [
    ...[
      "API_KEY_PEPPER",
      "BETTER_AUTH_SECRET",
      "STRIPE_SECRET_KEY",
      "STRIPE_WEBHOOK_SECRET",
      "RESEND_API_KEY",
    ],
    ...[
      "UPSTASH_REDIS_REST_TOKEN",
      "GOOGLE_CLIENT_SECRET",
      "SPRING_DATASOURCE_PASSWORD",
      "POSTGRES_PASSWORD",
    ],
    ...[
      "PGADMIN_DEFAULT_PASSWORD",
      "AWS_SECRET_ACCESS_KEY",
      "JWT_SECRET",
      "spring.datasource.password",
      "DB_PASS",
    ],
  ];
  const others = [
    ...[
      "BETTER_AUTH_URL",
      "STRIPE_PRICE_STARTUP_PACK",
      "UPSTASH_REDIS_REST_URL",
      "GOOGLE_CLIENT_ID",
      "POSTGRES_USER",
    ],
    ...[
      "PGADMIN_DEFAULT_EMAIL",
      "API_KEY_PEPPER_FILE",
      "NEXT_PUBLIC_STRIPE_KEY",
      "TOKEN_TTL",
      "COMPASS",
      "KEYBOARD",
    ],
    ...[
      "POSTGRES_HOST_AUTH_METHOD",
      "SECRETARY",
      "PASSWORD_MIN_LENGTH",
      "STRIPE_PUBLISHABLE_KEY",
      "BYPASS_CACHE",
    ],
  ];
  expect(secrets.filter((name) => !isSecretName(name))).toEqual([]);
  expect(others.filter(isSecretName)).toEqual([]);
});
