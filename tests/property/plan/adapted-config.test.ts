import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseConfig } from "../../../agent/config/parse.ts";
import type { ComposeModel } from "../../../agent/plan/compose-model.ts";
import { adaptedConfig } from "../../../agent/plan/init/adapted-config.ts";

const CANARY = "canary";
const word = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,8}$/);
const secretName = fc.constantFrom(
  "API_KEY_PEPPER",
  "DB_PASSWORD",
  "STRIPE_SECRET_KEY",
  "lower_token",
  "A.B_SECRET",
);

const service = fc.record(
  {
    image: fc.constantFrom("postgres:17", "app"),
    environment: fc.dictionary(secretName, fc.constant(CANARY)),
    ports: fc.array(
      fc.record({ target: fc.integer({ min: 1, max: 65_535 }), published: fc.constant("8080") }),
    ),
    healthcheck: fc.record({
      test: fc.constantFrom(
        ["CMD", "curl", `http://localhost:8080/"quoted"?token=${CANARY}`],
        ["CMD-SHELL", `redis-cli -a ${CANARY} ping`],
        ["CMD-SHELL", "pg_isready -U 'a b' -d \"x\""],
      ),
    }),
    volumes: fc.constantFrom([], [{ type: "volume", source: "x", target: '/da"ta' }]),
  },
  { requiredKeys: [] },
);

test("whatever the compose file, the configuration is right and holds no value of a secret", () => {
  const models = fc.record({
    name: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/),
    services: fc.dictionary(word, service, { maxKeys: 4 }),
    networks: fc.constant({}),
    volumes: fc.constant({}),
  });
  fc.assert(
    fc.property(models, fc.option(fc.constant('.env."x"'), { nil: undefined }), (model, envFile) => {
      const text = adaptedConfig({
        model: model as unknown as ComposeModel,
        composeFile: "a b/compose.yml",
        envFile,
      });
      expect(text).not.toContain(CANARY);
      expect(parseConfig(text, "soloflow.toml").faults).toEqual([]);
    }),
  );
});
