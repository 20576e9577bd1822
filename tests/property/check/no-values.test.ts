import { expect, test } from "bun:test";
import fc from "fast-check";
import { checkSubject } from "../../../agent/plan/check/rules.ts";
import { subjectOf } from "../../support/check-subject.ts";

/** Short and weak on purpose, so that every rule about values has something to say. */
const value = fc.stringMatching(/^canary[a-z0-9]{0,40}$/);
const name = fc.constantFrom(
  ...[
    "API_KEY_PEPPER",
    "BETTER_AUTH_SECRET",
    "STRIPE_SECRET_KEY",
    "POSTGRES_PASSWORD",
    "DATABASE_URL",
    "PLAIN",
  ],
);
const written = fc.oneof(
  value,
  value.map((text) => `postgres://app:${text}@db/app`),
  fc.tuple(name, value).map(([variable, text]) => `\${${variable}:-${text}}`),
  name.map((variable) => `\${${variable}}`),
);

test("no fault contains a value, wherever it stands: compose, env file, Dockerfile or the caller's environment", () => {
  const entries = fc.dictionary(name, written, { noNullPrototype: true });
  fc.assert(
    fc.property(
      fc.record({
        environment: entries,
        args: entries,
        envFile: entries,
        image: fc.array(fc.tuple(fc.constantFrom("ENV", "ARG"), name, value)),
        variables: fc.dictionary(name, value, { noNullPrototype: true }),
        managed: fc.uniqueArray(name.filter((one) => one !== "PLAIN")),
        readBy: fc.constantFrom("compose" as const, "containers" as const, "nobody" as const),
      }),
      ({ environment, args, envFile, image, variables, managed, readBy }) => {
        const faults = checkSubject(
          subjectOf({
            config: managed.map((one) => `[secret.${one}]\nkind = "external"\nfor = ["web"]\n`).join(""),
            compose: JSON.stringify({
              services: { web: { environment, build: { context: ".", args } }, other: { environment } },
            }),
            dockerfile: `FROM x\n${image.map(([form, key, text]) => `${form} ${key}=${text}\n`).join("")}`,
            envFile: {
              text: Object.entries(envFile)
                .map(([key, text]) => `${key}='${text}'\n`)
                .join(""),
              services: ["web"],
              mode: 0o644,
              readBy,
            },
            variables,
            stored: [],
          }),
        );
        expect(JSON.stringify(faults)).not.toContain("canary");
      },
    ),
    { numRuns: 300 },
  );
});
