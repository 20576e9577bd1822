import { expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Secret } from "../../../agent/core/secret.ts";
import { newKeyPair } from "../../../agent/host/secret-store/age.ts";
import { parseIdentity } from "../../../agent/host/secret-store/identity.ts";
import { readStore } from "../../../agent/host/secret-store/read-store.ts";
import { findNewest, recoverStore } from "../../../agent/host/secret-store/recover-store.ts";
import type { StorePlace } from "../../../agent/host/secret-store/store-place.ts";
import { stageVersion, writeStore } from "../../../agent/host/secret-store/write-store.ts";
import { content, placeIn } from "../../support/secret-store.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const AT = "2026-02-03T04:05:06.000Z";

async function store(folder: string, values: readonly string[]): Promise<{ place: StorePlace; key: Secret }> {
  const place = placeIn(folder);
  const { identity, recipient } = await newKeyPair();
  for (const value of values) await writeStore(place, { ...(await content(value)), recovery: recipient });
  return { place, key: identity };
}

async function recovered(place: StorePlace, key?: Secret): Promise<unknown> {
  const found = await findNewest(place, key);
  if (found === undefined) return undefined;
  const { version, secrets } = await recoverStore(place, found, AT);
  expect(await readStore(place)).toMatchObject({ version, secrets: found.content.secrets });
  return { version, secrets };
}

test("a torn current version is passed over for the newest that opens", async () => {
  using folder = tempFolder();
  const { place } = await store(folder.path, ["one", "two", "three"]);
  writeFileSync(join(place.folder, "v0003.age"), "torn");
  expect(await recovered(place)).toEqual({ version: 4, secrets: { A: "two" } });
  await writeStore(place, await content("five"));
  expect(await readStore(place)).toMatchObject({ version: 5, secrets: { A: "five" } });
});

test("a lost CURRENT, a lost mark and a turned-back CURRENT give the newest version back", async () => {
  for (const damage of [
    (place: StorePlace) => rmSync(join(place.folder, "CURRENT")),
    (place: StorePlace) => rmSync(place.mark),
    (place: StorePlace) => writeFileSync(join(place.folder, "CURRENT"), "v0001.age\n"),
  ]) {
    using folder = tempFolder();
    const { place } = await store(folder.path, ["one", "two"]);
    damage(place);
    await expect(readStore(place)).rejects.toThrow();
    expect(await recovered(place)).toEqual({ version: 3, secrets: { A: "two" } });
  }
});

test("without the identity the recovery key opens the secrets, and a new identity takes over", async () => {
  using folder = tempFolder();
  const { place, key } = await store(folder.path, ["one", "two"]);
  rmSync(join(place.folder, "identity"));
  expect(await recovered(place)).toBeUndefined();
  expect(await recovered(place, (await newKeyPair()).identity)).toBeUndefined();
  expect(await recovered(place, key)).toEqual({ version: 3, secrets: { A: "two" } });
  rmSync(join(place.folder, "identity"));
  expect(await recovered(place, key)).toEqual({ version: 4, secrets: { A: "two" } });
});

test("an identity that opens nothing is set aside, not lost", async () => {
  using folder = tempFolder();
  const { place, key } = await store(folder.path, ["one"]);
  const other = `${(await newKeyPair()).identity.reveal()}\n`;
  writeFileSync(join(place.folder, "identity"), other);
  expect(await recovered(place, key)).toEqual({ version: 2, secrets: { A: "one" } });
  const aside = readdirSync(place.folder).find((name) => name.startsWith("identity.aside-"));
  expect(readFileSync(join(place.folder, aside ?? ""), "utf8")).toBe(other);
});

test("what was staged and never committed is not taken for the newest", async () => {
  using folder = tempFolder();
  const { place } = await store(folder.path, ["one", "two"]);
  await stageVersion(place, await content("staged"));
  rmSync(join(place.folder, "CURRENT"));
  expect(await recovered(place)).toEqual({ version: 4, secrets: { A: "two" } });
});

test("a folder without any version has nothing to recover", async () => {
  using folder = tempFolder();
  expect(await findNewest(placeIn(folder.path))).toBeUndefined();
});

test("a recovery key is read as a person may paste it", async () => {
  const { identity } = await newKeyPair();
  expect(parseIdentity(`  ${identity.reveal().toLowerCase()}\r\n`)?.reveal()).toBe(identity.reveal());
  for (const text of ["", "AGE-SECRET-KEY-1", `${identity.reveal()}Q`, `age1${"q".repeat(58)}`]) {
    expect(parseIdentity(text)).toBeUndefined();
  }
});
