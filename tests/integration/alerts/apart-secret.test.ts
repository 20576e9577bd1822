import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { exec } from "../../../agent/host/exec.ts";
import { newKeyPair } from "../../../agent/host/secret-store/age.ts";
import { writeStore } from "../../../agent/host/secret-store/write-store.ts";
import { systemFiles } from "../../../agent/host/system-files.ts";
import { apartSecretReader } from "../../../agent/run/alerts/apart-secret.ts";
import { projectPaths } from "../../../agent/run/project.ts";
import { storePlace } from "../../../agent/run/secrets/open-secrets.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const MAIN = resolve(import.meta.dir, "../../../agent/main.ts");
const CREATED = "2026-01-02T03:04:05.000Z";
const VALUE = 'https://hooks.test/with "odd"\nlines, $signs and €';

/** A project's store, and who reads one value of it by a process of its own. */
async function world() {
  const folder = tempFolder();
  const env = { SOLOFLOW_STATE_DIR: folder.at("state") };
  const paths = projectPaths("sft-apart", { env, uid: process.getuid?.() ?? 0 });
  const versions = (value: string) => [{ n: 1, value, createdAt: CREATED }];
  const secrets = {
    SLACK: { kind: "external", versions: versions(VALUE) },
    PEPPER: { kind: "pepper", versions: versions("somebody-else's") },
  };
  const { recipient: recovery } = await newKeyPair();
  await writeStore(storePlace({ files: systemFiles }, { paths }), { secrets, createdAt: CREATED, recovery });
  const argvs: string[] = [];
  const host = {
    exec: (command: Parameters<typeof exec>[0], limits: Parameters<typeof exec>[1]) => {
      argvs.push(command.argv.join(" "));
      return exec({ ...command, env, cwd: folder.path }, limits);
    },
  };
  const reader = (project: string) => apartSecretReader(host, project, [process.execPath, MAIN]);
  return { reader, argvs, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

test("a long-lived process gets the one value that it asked for, without soloflow.toml, by a process that ends", async () => {
  using shop = await world();
  const read = shop.reader("sft-apart");
  expect((await read("SLACK"))?.reveal()).toBe(VALUE);
  expect(await read("NOBODY")).toBeUndefined();
  expect(shop.argvs.join()).not.toContain("hooks.test");
}, 20_000);

test("a store that does not open is said to be so", async () => {
  using shop = await world();
  await expect(shop.reader("No Project")("SLACK")).rejects.toThrow("is not the name of a project");
}, 20_000);
