import { describe, expect, test } from "bun:test";
import { faultsOf, placesOf } from "../../support/check-subject.ts";

test("dockerfile-env-form: ENV name value", () => {
  const dockerfile = 'FROM node\nENV NODE_ENV production\nENV A=1 B="two words" \\\n    C=3\nENV PORT=3000\n';
  expect(placesOf("dockerfile-env-form", { dockerfile })).toEqual(["warning app/Dockerfile:2"]);
});

describe("dockerfile-secret: what stands in ARG or ENV stays in the image", () => {
  test("is an error in any stage, in both forms", () => {
    const dockerfile = `FROM node AS build
ARG STRIPE_SECRET_KEY=sk_live_4eC39HqLyjWDarjtT1zdp7dc
ENV DATABASE_URL=postgres://app:hunter2@db/app
FROM node
ENV BETTER_AUTH_SECRET q8Zr5vN2xK7mW4tB9cD1fG6hJ3kL0pSs
`;
    expect(placesOf("dockerfile-secret", { dockerfile })).toEqual([
      "error app/Dockerfile:2",
      "error app/Dockerfile:3",
      "error app/Dockerfile:5",
    ]);
  });

  test("is none for a mock value in the build stage, for names of files and for what is passed on", () => {
    const dockerfile = `FROM node AS build
ENV BETTER_AUTH_SECRET=build-time-mock-of-32-characters STRIPE_SECRET_KEY=sk_test_mock
ENV API_KEY_PEPPER_FILE=/run/secrets/API_KEY_PEPPER NPM_TOKEN=$TOKEN
FROM node
`;
    expect(faultsOf("dockerfile-secret", { dockerfile })).toEqual([]);
    expect(faultsOf("dockerfile-mock", { dockerfile })).toEqual([]);
  });
});

test("dockerfile-mock: a mock value in the final stage goes live", () => {
  const dockerfile = "FROM node AS base\nENV STRIPE_SECRET_KEY=sk_test_mock\nFROM base\n";
  expect(placesOf("dockerfile-mock", { dockerfile })).toEqual(["warning app/Dockerfile:2"]);
});

describe("build-needs-secret: a build that needs a secret at build time", () => {
  test("asked for and not given is a warning, given is an error, a mock value is right", () => {
    const dockerfile = "FROM node\nARG BETTER_AUTH_SECRET\nRUN npm run build\n";
    const given = (value: string) => ({ dockerfile, build: { args: { BETTER_AUTH_SECRET: value } } });
    expect(placesOf("build-needs-secret", { dockerfile })).toEqual(["warning app/Dockerfile:2"]);
    expect(placesOf("build-needs-secret", given("q8Zr5vN2xK7mW4tB9cD1fG6"))).toEqual([
      "error app/Dockerfile:2",
    ]);
    expect(faultsOf("build-needs-secret", given("build-time-mock"))).toEqual([]);
  });

  test("passed on by the compose file is an error there", () => {
    const compose = `services:
  web:
    build:
      context: .
      args:
        STRIPE_SECRET_KEY: \${STRIPE_SECRET_KEY}
        RESEND_API_KEY: build-time-mock
        VERSION: "1"
`;
    expect(placesOf("build-needs-secret", { compose })).toEqual(["error compose.yaml:6:9"]);
  });

  test("a secret mount that nothing provides is an error only where it is required", () => {
    const mount = (rest: string) => `FROM node\nRUN --mount=type=secret,${rest} npm run build\n`;
    expect(placesOf("build-needs-secret", { dockerfile: mount("id=stripe,required=true") })).toEqual([
      "error app/Dockerfile:2",
    ]);
    expect(faultsOf("build-needs-secret", { dockerfile: mount("id=stripe") })).toEqual([]);
    expect(faultsOf("build-needs-secret", { dockerfile: mount("id=ca,required") })).toEqual([]);
  });

  test("a client that is made when its module is loaded wants its secret during next build", () => {
    const build = {
      context: { eagerClients: [{ file: "app/lib/stripe.ts", line: 3, secret: "STRIPE_SECRET_KEY" }] },
    };
    const dockerfile = "FROM node\nRUN npx next build\n";
    expect(placesOf("build-needs-secret", { dockerfile, build })).toEqual(["warning app/lib/stripe.ts:3"]);
    const mocked = "FROM node\nARG STRIPE_SECRET_KEY=build-time-mock\nRUN npx next build\n";
    expect(faultsOf("build-needs-secret", { dockerfile: mocked, build })).toEqual([]);
    expect(faultsOf("build-needs-secret", { dockerfile: "FROM node\n", build })).toEqual([]);
  });
});

describe("dockerfile-env-file: an env file in the image", () => {
  test("copied by name", () => {
    const copies = [
      "COPY .env ./",
      "COPY package.json .env.production /app/",
      'COPY ["./.env.docker", "/app/"]',
    ];
    for (const copy of copies) {
      expect(placesOf("dockerfile-env-file", { dockerfile: `FROM node\n${copy}\n` })).toEqual([
        "error app/Dockerfile:2",
      ]);
    }
    expect(faultsOf("dockerfile-env-file", { dockerfile: "FROM node\nCOPY .env.example ./\n" })).toEqual([]);
  });

  test("taken along by COPY . because no .dockerignore keeps it out", () => {
    const dockerfile = "FROM node\nCOPY package.json ./\nCOPY . .\n";
    const build = { context: { envFiles: [".env.local"] } };
    expect(placesOf("dockerfile-env-file", { dockerfile, build })).toEqual(["error app/Dockerfile:3"]);
    expect(faultsOf("dockerfile-env-file", { dockerfile })).toEqual([]);
  });
});

describe("next-public: public copied to the wrong folder of a standalone server", () => {
  const dockerfile = (lines: string) => `FROM node AS builder
WORKDIR /app
FROM node
WORKDIR /app
COPY --from=builder /app/.next/standalone ./
COPY --from=builder /app/.next/static ./.next/static
${lines}
`;

  test.each(["./.next/public", "./", "/public", "./.next/standalone/public"])("to %s is an error", (to) => {
    const given = { dockerfile: dockerfile(`COPY --from=builder /app/public ${to}`) };
    expect(placesOf("next-public", given)).toEqual(["error app/Dockerfile:7"]);
    expect(faultsOf("next-public", given)[0]?.hint).toBe("copy it to /app/public");
  });

  test.each(["./public", "/app/public/", "public"])("to %s is right", (to) => {
    expect(
      faultsOf("next-public", { dockerfile: dockerfile(`COPY --from=builder /app/public ${to}`) }),
    ).toEqual([]);
  });

  test("beside the server of a workspace is right", () => {
    const given = { dockerfile: dockerfile("COPY --from=builder /app/apps/web/public ./apps/web/public") };
    expect(faultsOf("next-public", given)).toEqual([]);
  });

  test("next-forgotten: not copied at all, though there is one", () => {
    const given = { dockerfile: dockerfile(""), build: { context: { names: ["public"] } } };
    expect(placesOf("next-forgotten", given)).toEqual(["warning app/Dockerfile:5"]);
  });

  test("next-static: the styles beside the wrong folder", () => {
    const text = dockerfile("").replace("./.next/static", "./static");
    expect(placesOf("next-static", { dockerfile: text })).toEqual(["error app/Dockerfile:6"]);
  });

  test("a Dockerfile of something else is left alone", () => {
    expect(faultsOf("next-public", { dockerfile: "FROM node\nCOPY public /usr/share/nginx/html\n" })).toEqual(
      [],
    );
  });
});

describe("how the container runs", () => {
  const compose = "services:\n  web:\n    image: shop/app\n";
  const build = { services: ["web"] };

  test("dockerfile-shell-form: the program never hears SIGTERM", () => {
    const shell = "FROM node\nUSER 1000\nCMD node server.js\n";
    expect(placesOf("dockerfile-shell-form", { dockerfile: shell, compose, build })).toEqual([
      "warning app/Dockerfile:3",
    ]);
    for (const cmd of [
      'CMD ["node", "server.js"]',
      "CMD exec node server.js",
      'ENTRYPOINT ["tini"]\nCMD x',
    ]) {
      expect(
        faultsOf("dockerfile-shell-form", { dockerfile: `FROM node\n${cmd}\n`, compose, build }),
      ).toEqual([]);
    }
  });

  test("runs-as-root: no USER, or root itself", () => {
    expect(placesOf("runs-as-root", { dockerfile: "FROM node\n", compose, build })).toEqual([
      "warning compose.yaml:2:3",
    ]);
    expect(placesOf("runs-as-root", { dockerfile: "FROM node\nUSER 0:0\n", compose, build })).toEqual([
      "warning app/Dockerfile:2",
    ]);
  });

  test("runs-as-root: none with a USER in the stage it is built from, or a user in the compose file", () => {
    const staged = "FROM node AS run\nUSER 1000\nFROM run\n";
    expect(faultsOf("runs-as-root", { dockerfile: staged, compose, build })).toEqual([]);
    const named = `${compose}    user: "1000"\n`;
    expect(faultsOf("runs-as-root", { dockerfile: "FROM node\n", compose: named, build })).toEqual([]);
  });
});
