import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Secrets } from "../../agent/plan/secrets.ts";
import { commitSecrets } from "../../agent/run/secrets/commit-secrets.ts";
import { deliverSecrets } from "../../agent/run/secrets/deliver-secrets.ts";
import { ensureSecrets } from "../../agent/run/secrets/ensure-secrets.ts";
import { openSecrets } from "../../agent/run/secrets/open-secrets.ts";
import { receiver, secretsProject } from "../support/secrets-project.ts";
import type { Vps } from "../support/vps/vps.ts";
import { AGENT, answer, DOWNLOADED, inShop, shopVps } from "../support/vps/vps-shop.ts";
import { waitFor } from "../support/wait-for.ts";

const DOCUMENT = readFileSync(join(import.meta.dir, "../../docs/without-the-agent.md"), "utf8");
const SERVING = "version 1, secret 43";

/** The first line of the document that is shell, and its script. */
function documented(): { line: string; script: string } {
  const line = /^ {4}(docker compose .*)$/m.exec(DOCUMENT)?.[1];
  const script = /^```sh\n(.*?)^```$/ms.exec(DOCUMENT)?.[1];
  if (line === undefined || script === undefined) throw new Error("the document has lost its commands");
  return { line, script };
}

const createdAt = "2026-01-02T03:04:05.000Z";

function inSeveralVersions({ API_KEY_PEPPER: pepper, DATABASE_URL: login }: Secrets): Secrets {
  if (pepper?.kind !== "pepper" || login?.kind !== "database") throw new Error("the project has both");
  const [first] = login.versions;
  const value = { role: "shop_b", password: "it's 100 % /@:&?é" };
  return {
    API_KEY_PEPPER: {
      ...pepper,
      versions: [{ n: 2, value: "with spaces, and: more", createdAt }, ...pepper.versions],
    },
    DATABASE_URL: { ...login, versions: [{ ...first, n: 2, value }, first] },
  };
}

/**
 * Every kind of secret, in one version and in two: what the script writes on the server is byte for byte what the agent
 * delivered here.
 */
async function expectSameFiles(server: Vps, script: string): Promise<void> {
  using world = secretsProject();
  const { host, project, progress } = world;
  const services = ["gateway", "provider", "database"].map((name) => receiver(name));
  await ensureSecrets(host, project, { dataExists: false }, progress);
  const secrets = (await openSecrets(host, project))?.secrets ?? {};
  await commitSecrets(host, project, { ...secrets, ...inSeveralVersions(secrets) }, progress);
  const delivered = await deliverSecrets(host, project, services);
  await server.copyIn(project.paths.state, "/var/lib/soloflow/kinds");
  await server.must(["sh", "-e"], { stdin: script.replace("project=shop", "project=kinds") });
  for (const [service, { folder }] of Object.entries(delivered)) {
    const there = `/run/soloflow/kinds/secrets/${service}/${basename(folder)}`;
    expect((await server.must(["ls", there])).trim().split("\n")).toEqual(readdirSync(folder).sort());
    for (const name of readdirSync(folder))
      expect(await server.must(["cat", `${there}/${name}`])).toBe(readFileSync(join(folder, name), "utf8"));
    expect(await server.must(["stat", "--format", "%a %u", there])).toBe("500 10001\n");
  }
}

/** An installed project whose executables are all gone, after a boot: Docker started what it could. */
async function withoutAgent(): Promise<{ server: Vps; printed: string }> {
  const server = await shopVps();
  await inShop(server, "deploy --yes");
  const { breakGlass } = JSON.parse(await inShop(server, "install --yes --json"));
  await server.must(["mv", AGENT, "/root/hidden"]);
  await server.must(["rm", DOWNLOADED]);
  await server.reboot();
  await waitFor("docker is up", async () => (await server.exec(["docker", "info"])).code === 0, 30_000);
  return { server, printed: breakGlass };
}

test("without the executable a boot still starts what needs no secret; the documented commands start the rest", async () => {
  const { line, script } = documented();
  const made = await withoutAgent();
  await using server = made.server;
  expect(made.printed).toBe(line);
  expect(await answer(server)).not.toContain("version");
  const running = await server.must(["docker", "ps", "--format", "{{.Names}}"]);
  expect(running.split("\n")).toContain("shop-worker-1");

  await server.must(["sh", "-c", "apt-get -qq update && apt-get -qq install -y age jq"], {
    timeoutMs: 240_000,
  });
  await server.must(["sh", "-e"], { stdin: script });
  await expectSameFiles(server, script);
  await server.must(["sh", "-c", line]);
  await waitFor("the stack serves", async () => (await answer(server)) === SERVING, 20_000);
}, 600_000);

test("a copy of the executable, wherever it lies, writes the same secrets", async () => {
  const made = await withoutAgent();
  await using server = made.server;
  await server.must(["/root/hidden", "secrets", "render", "--project", "shop"]);
  await server.must(["sh", "-c", made.printed]);
  await waitFor("the stack serves", async () => (await answer(server)) === SERVING, 20_000);
}, 600_000);
