import { describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { newKeyPair } from "../../../agent/host/secret-store/age.ts";
import { writeStore } from "../../../agent/host/secret-store/write-store.ts";
import { systemFiles } from "../../../agent/host/system-files.ts";
import { secretReader } from "../../../agent/run/alerts/alert-secret.ts";
import { projectPaths } from "../../../agent/run/project.ts";
import { storePlace } from "../../../agent/run/secrets/open-secrets.ts";
import { cliWorld } from "../cli/cli-world.ts";
import { receiver } from "./receiver.ts";

const CREATED = "2026-01-02T03:04:05.000Z";

/** The command line on a project whose secret store holds these values, with this in its soloflow.toml. */
async function world(toml: string, secrets: Record<string, string>, processes: readonly string[][] = []) {
  const line = cliWorld({
    processes: processes.map((argv) => ({ argv: argv as [string, ...string[]] })),
  });
  const names = ["SLACK", "KEY", "PING"];
  const tables = names.map(
    (name) => `[secret.${name}]\nkind = "external"\nfor = ["agent"]\noptional = true\n`,
  );
  writeFileSync(line.config, `project = "sft-line"\n${toml}\n${tables.join("")}`);
  const paths = projectPaths("sft-line", line.host);
  const stored = Object.entries(secrets).map(([name, value]) => [
    name,
    { kind: "external", versions: [{ n: 1, value, createdAt: CREATED }] },
  ]);
  const { recipient: recovery } = await newKeyPair();
  const place = storePlace({ files: systemFiles }, { paths });
  await writeStore(place, { secrets: Object.fromEntries(stored), createdAt: CREATED, recovery });
  return { line, paths };
}

describe("alerts test", () => {
  test("sends by every way, with the secrets of the store, and says how each went", async () => {
    using slack = receiver(200);
    using hook = receiver(404);
    using ping = receiver(200);
    const toml = `[alerts]\nslack = "SLACK"\nwebhook = { url = "${hook.url}", key = "KEY" }\ndead_man = "PING"\n`;
    const { line } = await world(toml, { SLACK: slack.url, KEY: "k", PING: ping.url });
    using _ = line;
    const { code, stdout, stderr } = await line.run(["alerts", "test"]);
    expect(stdout).toMatch(/^slack +sent in .*\nwebhook +failed: it answered 404\ndead-man +sent in .*\n$/);
    expect([code, stderr]).toEqual([1, ""]);
    expect([slack, hook, ping].map(({ received }) => received.length)).toEqual([1, 1, 1]);
    expect(slack.received[0]?.body).toContain("Nothing is wrong");
    expect(stdout).not.toContain(slack.url);
  });

  test("is 0 when all went well, and one document with --json", async () => {
    using slack = receiver(200);
    const { line } = await world('[alerts]\nslack = "SLACK"\n', { SLACK: slack.url });
    using _ = line;
    const { code, stdout } = await line.run(["alerts", "test", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schema: 1,
      ways: [{ way: "slack", ok: true, ms: expect.any(Number), why: null }],
    });
  });

  test("a secret without a value is that way's failure only", async () => {
    using hook = receiver(200);
    const toml = `[alerts]\nslack = "SLACK"\nwebhook = { url = "${hook.url}", key = "KEY" }\n`;
    const { line } = await world(toml, { KEY: "k" });
    using _ = line;
    const { code, stdout } = await line.run(["alerts", "test"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^slack +failed: the secret SLACK has no value: soloflow-agent secrets set SLACK\nwebhook +sent/,
    );
  });

  test("says where nothing is set, and how it is written", async () => {
    const { line } = await world("", {});
    using _ = line;
    const none = await line.run(["alerts", "test"]);
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringContaining("no [alerts] with a way to send them"),
    ]);
    const wrong = await line.run(["alerts", "tset"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("soloflow-agent alerts test")]);
  });
});

test("a secret is read from the store when it is needed: a new value counts at once", async () => {
  const { line, paths } = await world("", { SLACK: "old" });
  using _ = line;
  const read = secretReader({ files: systemFiles }, { paths });
  expect((await read("SLACK"))?.reveal()).toBe("old");
  expect(String(await read("SLACK"))).toBe("[redacted]");
  expect(await read("OTHER")).toBeUndefined();
  const secrets = { SLACK: { kind: "external", versions: [{ n: 2, value: "new", createdAt: CREATED }] } };
  const { recipient: recovery } = await newKeyPair();
  await writeStore(storePlace({ files: systemFiles }, { paths }), { secrets, createdAt: CREATED, recovery });
  expect((await read("SLACK"))?.reveal()).toBe("new");
  expect(existsSync(paths.run)).toBe(false);
});
