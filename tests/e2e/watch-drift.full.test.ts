import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectedFingerprints } from "../../agent/plan/fingerprints.ts";
import { SHARED_SECRETS } from "../../agent/plan/watchdog/names.ts";
import { type Ward, ward } from "../support/patients.ts";
import { tinyImage } from "../support/tiny-image.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

const OLD = { n: 1, value: "the-old-pepper-which-is-long-enough" };
const NEW = { n: 2, value: "the-new-pepper-which-is-long-enough" };
/** Two looks, a minute apart, and something over. */
const TOLD_MS = 150_000;

let project: Ward;

beforeAll(async () => {
  // What `be` writes for a service is what it tells at its path.
  const compose = {
    image: await tinyImage(),
    command: ["httpd", "-f", "-p", "8080", "-h", "/manners"],
    init: true,
  };
  const toml = (name: string) => `ready = { tcp = ":8080" }\nfingerprints = ":8080/${name}"`;
  project = await ward({
    gateway: { compose, toml: toml("gateway") },
    provider: { compose, toml: toml("provider") },
  });
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

function tells(service: string, ...versions: (typeof OLD)[]): void {
  const API_KEY_PEPPER = expectedFingerprints("API_KEY_PEPPER", versions, versions[0]?.n ?? 0);
  project.be(service, JSON.stringify({ schema: 1, secrets: { API_KEY_PEPPER } }));
}

test("services that stop agreeing on a shared secret are an incident until they agree again, and live on", async () => {
  tells("gateway", OLD);
  tells("provider", OLD, NEW);
  await using watching = await startWatching(project);
  await watching.phase("provider", "ready");
  const before = await Promise.all(["gateway", "provider"].map(project.life));
  const [open] = await waitFor(
    "it is an incident",
    async () => {
      const found = await project.incidents(SHARED_SECRETS);
      return found.length > 0 ? found : undefined;
    },
    TOLD_MS,
  );
  expect(open).toMatchObject({
    ...{ level: "needs-you", closedAt: null },
    cause: "gateway accepts version 1 of API_KEY_PEPPER, provider 1 and 2",
  });
  tells("gateway", NEW, OLD);
  const isOver = async () => (await project.incidents(SHARED_SECRETS))[0]?.closedAt !== null;
  await waitFor("it is over", isOver, TOLD_MS);
  expect(await project.incidents(SHARED_SECRETS)).toHaveLength(1);
  expect(await Promise.all(["gateway", "provider"].map(project.life))).toEqual(before);
}, 400_000);
