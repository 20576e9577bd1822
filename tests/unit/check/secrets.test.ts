import { describe, expect, test } from "bun:test";
import { faultsOf, placesOf } from "../../support/check-subject.ts";

const GOOD = "q8Zr5vN2xK7mW4tB9cD1fG6hJ3kL0pSs";

describe("secret-in-compose: a secret in clear in the compose file", () => {
  test("is an error at its line, in a map and in a list", () => {
    const compose = `services:
  db:
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: postgres
  admin:
    environment:
      - PGADMIN_DEFAULT_EMAIL=a@example.com
      - PGADMIN_DEFAULT_PASSWORD=admin
`;
    expect(placesOf("secret-in-compose", { compose })).toEqual([
      "error compose.yaml:5:7",
      "error compose.yaml:9:9",
    ]);
  });

  test("is found in the password of a URL, and behind an anchor", () => {
    const compose = `x-env: &env
  DATABASE_URL: postgres://app:hunter2@db:5432/app
services:
  api:
    environment:
      <<: *env
      SPRING_DATASOURCE_PASSWORD: hunter2
`;
    expect(placesOf("secret-in-compose", { compose })).toEqual([
      "error compose.yaml:2:3",
      "error compose.yaml:7:7",
    ]);
  });

  test("is not seen in variables, names of files, lengths, public keys and addresses", () => {
    const compose = `services:
  api:
    environment:
      API_KEY_PEPPER: \${API_KEY_PEPPER}
      DATABASE_URL: postgres://app:\${DB_PASSWORD}@db/app
      POSTGRES_PASSWORD_FILE: /run/secrets/POSTGRES_PASSWORD
      PASSWORD_MIN_LENGTH: "12"
      TOKEN_TTL: 5m
      NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY: pk_live_1
      AUTH_URL: https://example.com
      EMPTY_SECRET: ""
`;
    expect(faultsOf("secret-in-compose", { compose })).toEqual([]);
  });

  test("is a warning where the agent delivers another value anyway", () => {
    const given = {
      config: '[secret.POSTGRES_PASSWORD]\nkind = "superuser"\nservice = "db"\nfor = ["db"]\n',
      compose: "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: postgres\n",
    };
    expect(placesOf("secret-in-compose", given)).toEqual(["warning compose.yaml:4:7"]);
  });
});

describe("secret-fallback: a mock value goes live", () => {
  const compose = `services:\n  api:\n    environment:\n      STRIPE_SECRET_KEY: \${STRIPE_SECRET_KEY:-sk_test_mock}\n`;

  test("is an error while the variable is not set", () => {
    expect(placesOf("secret-fallback", { compose })).toEqual(["error compose.yaml:4:7"]);
    expect(faultsOf("secret-fallback", { compose })[0]?.message).toContain("a mock value");
  });

  test("is a warning while it is", () => {
    const variables = { STRIPE_SECRET_KEY: "sk_live_1" };
    expect(placesOf("secret-fallback", { compose, variables })).toEqual(["warning compose.yaml:4:7"]);
  });

  test("is none where the agent delivers the value, and for an empty fallback", () => {
    const config = '[secret.STRIPE_SECRET_KEY]\nkind = "external"\nfor = ["api"]\n';
    expect(faultsOf("secret-fallback", { compose, config })).toEqual([]);
    expect(faultsOf("secret-fallback", { compose: compose.replace("sk_test_mock", "") })).toEqual([]);
  });
});

describe("secret-lost: a filled secret arrives empty, because environment: beats env_file:", () => {
  const compose = `services:\n  api:\n    env_file: .env.docker\n    environment:\n      API_KEY_PEPPER: \${API_KEY_PEPPER}\n`;
  const envFile = { text: `API_KEY_PEPPER=${GOOD}\n`, services: ["api"] };

  test("is an error that says how to mend it", () => {
    expect(placesOf("secret-lost", { compose, envFile })).toEqual(["error compose.yaml:5:7"]);
    expect(faultsOf("secret-lost", { compose, envFile })[0]?.hint).toContain('env_file = ".env.docker"');
  });

  test("is none once soloflow.toml names the file, for then the variable is filled", () => {
    const variables = { API_KEY_PEPPER: GOOD };
    expect(faultsOf("secret-lost", { compose, envFile, variables })).toEqual([]);
  });

  test("is none where the agent delivers the value", () => {
    const config = '[secret.API_KEY_PEPPER]\nkind = "pepper"\nfor = ["api"]\n';
    expect(faultsOf("secret-lost", { compose, envFile, config })).toEqual([]);
  });

  test("is an error for a secret that signs and is set nowhere", () => {
    expect(placesOf("secret-lost", { compose })).toEqual(["error compose.yaml:5:7"]);
  });
});

test("environment-beats-env-file: another value than the file's wins", () => {
  const given = {
    compose: "services:\n  api:\n    environment:\n      LOG_LEVEL: debug\n      SAME: a\n",
    envFile: { text: "LOG_LEVEL=info\nSAME=a\n", services: ["api"] },
  };
  expect(placesOf("environment-beats-env-file", given)).toEqual(["warning compose.yaml:4:7"]);
});

test("variable-unset: what nothing sets is empty; a fallback or :? says what is meant", () => {
  const compose = `services:\n  api:\n    environment:\n      A: \${A}\n      B: \${B:-x}\n      C: \${C:?}\n      D: \${D}\n      E: $$E\n`;
  expect(placesOf("variable-unset", { compose, variables: { D: "" } })).toEqual(["warning compose.yaml:4:7"]);
});

test("secret-differs: gateway and provider must have the same pepper", () => {
  const compose = `services:
  gateway: { environment: { API_KEY_PEPPER: "\${GATEWAY_PEPPER}" } }
  provider: { environment: { API_KEY_PEPPER: "\${PROVIDER_PEPPER}" } }
`;
  const variables = { GATEWAY_PEPPER: GOOD, PROVIDER_PEPPER: `${GOOD}x` };
  expect(placesOf("secret-differs", { compose, variables })).toEqual(["error compose.yaml:3:30"]);
  const same = { GATEWAY_PEPPER: GOOD, PROVIDER_PEPPER: GOOD };
  expect(faultsOf("secret-differs", { compose, variables: same })).toEqual([]);
});

describe("env files", () => {
  test("secret-short: BETTER_AUTH_SECRET under 32 characters", () => {
    const envFile = { text: `BETTER_AUTH_SECRET=${GOOD.slice(1)}\n` };
    expect(placesOf("secret-short", { envFile })).toEqual(["error .env.docker:1"]);
    expect(faultsOf("secret-short", { envFile: { text: `BETTER_AUTH_SECRET=${GOOD}\n` } })).toEqual([]);
  });

  test("secret-placeholder: a placeholder passes the test of being filled", () => {
    const text = [
      "API_KEY_PEPPER=change-me-to-something-long-and-random",
      "STRIPE_SECRET_KEY=sk_test_your_key_here",
      "RESEND_API_KEY=re_xxxxxxxxxxxx",
      "POSTGRES_PASSWORD=postgres",
      "DATABASE_URL=postgres://app:password@db/app",
      "POSTGRES_USER=postgres",
      "GOOGLE_CLIENT_SECRET=",
    ].join("\n");
    expect(placesOf("secret-placeholder", { envFile: { text } })).toEqual([
      "error .env.docker:1",
      "error .env.docker:2",
      "error .env.docker:3",
      "error .env.docker:4",
      "error .env.docker:5",
    ]);
  });

  test("a weak value is a warning where nothing uses it", () => {
    const text = "BETTER_AUTH_SECRET=change-me\n";
    const config = '[secret.BETTER_AUTH_SECRET]\nkind = "generated"\nfor = ["api"]\n';
    expect(placesOf("secret-placeholder", { envFile: { text }, config })).toEqual(["warning .env.docker:1"]);
    expect(placesOf("secret-placeholder", { envFile: { text, readBy: "nobody" } })).toEqual([
      "warning .env.docker:1",
    ]);
  });

  test("secret-short: also of a value that comes from the caller's environment", () => {
    const compose = `services:\n  api:\n    environment:\n      BETTER_AUTH_SECRET: \${BETTER_AUTH_SECRET}\n`;
    expect(placesOf("secret-short", { compose, variables: { BETTER_AUTH_SECRET: "short" } })).toEqual([
      "error compose.yaml:4:7",
    ]);
  });

  test("env-file-unread: a filled file that is only sourced", () => {
    const envFile = { text: "A=1\n", readBy: "nobody" as const };
    expect(placesOf("env-file-unread", { envFile })).toEqual(["warning .env.docker"]);
    const config = '[secret.A_KEY]\nkind = "external"\noptional = true\nfor = ["api"]\n';
    const filled = { text: "A_KEY=1\n", readBy: "nobody" as const };
    expect(faultsOf("env-file-unread", { envFile: filled, config })[0]?.hint).toContain(
      "secrets import .env.docker",
    );
  });

  test("env-file-readable: secrets that every user can read", () => {
    const text = `LOG=1\nBETTER_AUTH_SECRET=${GOOD}\n`;
    expect(placesOf("env-file-readable", { envFile: { text, mode: 0o644 } })).toEqual([
      "warning .env.docker:2",
    ]);
    expect(faultsOf("env-file-readable", { envFile: { text, mode: 0o640 } })).toEqual([]);
  });

  test("env-file: a line that is none", () => {
    expect(placesOf("env-file", { envFile: { text: "A=1\nnonsense\n" } })).toEqual(["error .env.docker:2"]);
  });
});

test("secret-missing: an external secret that the store has no value for", () => {
  const config = `[secret.STRIPE_SECRET_KEY]
kind = "external"
for = ["api"]
[secret.RESEND_API_KEY]
kind = "external"
for = ["api"]
optional = true
[secret.PEPPER]
kind = "pepper"
for = ["api"]
`;
  expect(placesOf("secret-missing", { config, stored: [] })).toEqual(["error soloflow.toml:2:9"]);
  expect(faultsOf("secret-missing", { config, stored: ["STRIPE_SECRET_KEY"] })).toEqual([]);
});

test("recovery-untried: a store whose recovery key nobody has ever tried", () => {
  expect(faultsOf("recovery-untried", { recoveryUntried: true })[0]).toMatchObject({
    severity: "warning",
    hint: expect.stringContaining("secrets verify --recovery"),
  });
  expect(faultsOf("recovery-untried", {})).toEqual([]);
});

describe("secret-file-unread: a program that knows nothing of NAME_FILE", () => {
  const compose = "services:\n  web:\n    image: shop/app\n";
  const config = '[secret.STRIPE_SECRET_KEY]\nkind = "external"\nfor = ["web"]\n';
  const deaf = { dockerfile: "FROM x\n", build: { services: ["web"], context: { readsSecretFiles: false } } };

  test("is a warning that names the other way", () => {
    expect(placesOf("secret-file-unread", { compose, config, ...deaf })).toEqual([
      "warning soloflow.toml:2:9",
    ]);
    expect(faultsOf("secret-file-unread", { compose, config, ...deaf })[0]?.hint).toContain(
      'deliver = "env"',
    );
  });

  test("is none for deliver = env, for a finished image, and where the compose file points to the files", () => {
    const env = `${config}deliver = "env"\n`;
    expect(faultsOf("secret-file-unread", { compose, config: env, ...deaf })).toEqual([]);
    expect(faultsOf("secret-file-unread", { compose, config })).toEqual([]);
    const told = `${compose}    environment: { SPRING_CONFIG_IMPORT: "configtree:/run/secrets/" }\n`;
    expect(faultsOf("secret-file-unread", { compose: told, config, ...deaf })).toEqual([]);
  });
});

test("secret-in-environment: what a start wrapper exports is said to be seen, what is a file is not", () => {
  const compose = "services:\n  web:\n    image: shop/app\n";
  const config = '[secret.STRIPE_SECRET_KEY]\nkind = "external"\nfor = ["web"]\n';
  expect(faultsOf("secret-in-environment", { compose, config })).toEqual([]);
  const env = `${config}deliver = "env"\n`;
  expect(placesOf("secret-in-environment", { compose, config: env })).toEqual(["notice soloflow.toml:5:1"]);
  expect(faultsOf("secret-in-environment", { compose, config: env })[0]?.message).toContain(
    "STRIPE_SECRET_KEY stands in the environment of web",
  );
});
