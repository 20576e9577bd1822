import { expect, test } from "bun:test";
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { newKeyPair, seal, unseal } from "../../../agent/host/secret-store/age.ts";
import { readIdentity } from "../../../agent/host/secret-store/identity.ts";
import { readStore } from "../../../agent/host/secret-store/read-store.ts";
import { storeKeys } from "../../../agent/host/secret-store/store-keys.ts";
import { encodeVersion } from "../../../agent/host/secret-store/store-version.ts";
import { commitVersion, stageVersion, writeStore } from "../../../agent/host/secret-store/write-store.ts";
import { content, placeIn, storeOf } from "../../support/secret-store.ts";
import { tempFolder } from "../../support/temp-folder.ts";

test("there is no store before the first version", async () => {
  using folder = tempFolder();
  expect(await readStore(placeIn(folder.path))).toBeUndefined();
});

test("each version is a file of its own that nobody else can read, and names the one before by its hash", async () => {
  using folder = tempFolder();
  const place = await storeOf(folder.path, ["one", "two", "three"]);
  expect(readdirSync(place.folder).sort()).toEqual([
    "CURRENT",
    "identity",
    "v0001.age",
    "v0002.age",
    "v0003.age",
  ]);
  for (const name of readdirSync(place.folder)) {
    expect(statSync(join(place.folder, name)).mode & 0o777).toBe(0o600);
  }
  expect(statSync(place.folder).mode & 0o777).toBe(0o700);
  const hash = (name: string) =>
    new Bun.CryptoHasher("sha256").update(readFileSync(join(place.folder, name))).digest("hex");
  expect(await readStore(place)).toMatchObject({
    version: 3,
    secrets: { A: "three" },
    previous: hash("v0002.age"),
    earlier: [hash("v0001.age")],
    file: hash("v0003.age"),
  });
});

test("the recovery key opens every version, and no file of the store holds it", async () => {
  using folder = tempFolder();
  const place = placeIn(folder.path);
  const { identity, recipient } = await newKeyPair();
  for (const value of ["one", "two"]) {
    await writeStore(place, { ...(await content(value)), recovery: recipient });
  }
  const plain = await unseal(readFileSync(join(place.folder, "v0002.age")), identity);
  expect("text" in plain && JSON.parse(plain.text).secrets).toEqual({ A: "two" });
  for (const name of readdirSync(place.folder)) {
    expect(readFileSync(join(place.folder, name), "latin1")).not.toContain(identity.reveal());
  }
});

test("the recovery key stays that of the first version, whatever later writers name", async () => {
  using folder = tempFolder();
  const place = placeIn(folder.path);
  const { identity, recipient } = await newKeyPair();
  await writeStore(place, { ...(await content("one")), recovery: recipient });
  await writeStore(place, { secrets: { A: "two" }, createdAt: "2026-01-02T03:04:05.000Z" });
  expect(await unseal(readFileSync(join(place.folder, "v0002.age")), identity)).toHaveProperty("text");
});

test("a version that was staged and not committed changes nothing, and the next one takes its number", async () => {
  using folder = tempFolder();
  const place = await storeOf(folder.path, ["one"]);
  await stageVersion(place, await content("staged"));
  expect(await readStore(place)).toMatchObject({ version: 1, secrets: { A: "one" } });
  await writeStore(place, await content("two"));
  expect(await readStore(place)).toMatchObject({ version: 2, secrets: { A: "two" } });
});

test("committing the same version again changes nothing", async () => {
  using folder = tempFolder();
  const place = await storeOf(folder.path, ["one"]);
  const staged = await stageVersion(place, await content("two"));
  await commitVersion(place, staged);
  await commitVersion(place, staged);
  expect(await readStore(place)).toMatchObject({ version: 2, secrets: { A: "two" } });
});

test("half-written files of a killed writer are removed by the next one", async () => {
  using folder = tempFolder();
  const place = await storeOf(folder.path, ["one"]);
  writeFileSync(join(place.folder, ".v0002.age.0123456789ab.tmp"), "half");
  writeFileSync(folder.at(".secrets.mark.0123456789ab.tmp"), "half");
  writeFileSync(folder.at(".state.db.0123456789ab.tmp"), "of somebody else");
  await writeStore(place, await content("two"));
  expect(readdirSync(place.folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(readdirSync(folder.path).filter((name) => name.endsWith(".tmp"))).toEqual([
    ".state.db.0123456789ab.tmp",
  ]);
});

test("an identity that is there is never replaced", async () => {
  using folder = tempFolder();
  const place = await storeOf(folder.path, ["one"]);
  await expect(
    place.files.writeAtomic(join(place.folder, "identity"), "other", { exclusive: true }),
  ).rejects.toThrow("EEXIST");
  expect(await readStore(place)).toMatchObject({ version: 1 });
});

test("a reader that another process overtakes reads again, at whichever of its reads that happens", async () => {
  let overtaken = 0;
  for (let overtakeAt = 1; overtakeAt <= 6; overtakeAt += 1) {
    using folder = tempFolder();
    const place = await storeOf(folder.path, ["one", "two"]);
    let reads = 0;
    const readText = async (path: string) => {
      const text = await place.files.readText(path);
      reads += 1;
      if (reads === overtakeAt) {
        await writeStore(place, await content("three"));
        await writeStore(place, await content("four"));
        overtaken += 1;
      }
      return text;
    };
    const opened = await readStore({ ...place, files: { ...place.files, readText } });
    expect([2, 4]).toContain(opened?.version as number);
    expect(opened?.secrets).toEqual({ A: opened?.version === 2 ? "two" : "four" });
  }
  expect(overtaken).toBeGreaterThan(3);
});

/** One thing that went wrong, and the error that has to name it. */
const damages: readonly [string, string, (at: (name: string) => string) => void | Promise<void>][] = [
  [
    "a file cut short",
    "secrets-torn",
    (at) => writeFileSync(at("v0003.age"), readFileSync(at("v0003.age")).subarray(0, 400)),
  ],
  ["an empty file", "secrets-torn", (at) => writeFileSync(at("v0003.age"), "")],
  ["CURRENT points to nothing", "secrets-pointer", (at) => rmSync(at("v0003.age"))],
  ["CURRENT is missing", "secrets-pointer", (at) => rmSync(at("CURRENT"))],
  ["CURRENT is garbage", "secrets-pointer", (at) => writeFileSync(at("CURRENT"), "../identity\n")],
  ["the identity is missing", "secrets-identity", (at) => rmSync(at("identity"))],
  ["the identity is torn", "secrets-identity", (at) => writeFileSync(at("identity"), "AGE-SECRET-KEY-1")],
  [
    "another machine's identity",
    "secrets-identity",
    async (at) => writeFileSync(at("identity"), `${(await newKeyPair()).identity.reveal()}\n`),
  ],
  ["CURRENT was turned back", "secrets-rolled-back", (at) => writeFileSync(at("CURRENT"), "v0002.age\n")],
  [
    "an older version under the newest name",
    "secrets-rolled-back",
    (at) => copyFileSync(at("v0001.age"), at("v0003.age")),
  ],
  [
    "two versions exchanged",
    "secrets-rolled-back",
    (at) => {
      renameSync(at("v0003.age"), at("x"));
      renameSync(at("v0002.age"), at("v0003.age"));
      renameSync(at("x"), at("v0002.age"));
    },
  ],
  ["the mark is missing", "secrets-rolled-back", (at) => rmSync(at("../secrets.mark"))],
  [
    "the mark is changed",
    "secrets-forged",
    (at) =>
      writeFileSync(
        at("../secrets.mark"),
        readFileSync(at("../secrets.mark"), "utf8").replace('"version":3', '"version":2'),
      ),
  ],
  ["an earlier version is changed", "secrets-forged", (at) => writeFileSync(at("v0001.age"), "x")],
];

for (const [what, code, damage] of damages) {
  test(`${what}: ${code}, with a way out`, async () => {
    using folder = tempFolder();
    const place = await storeOf(folder.path, ["one", "two", "three"]);
    await damage((name) => join(place.folder, name));
    const hint = expect.stringContaining("soloflow-agent secrets recover");
    await expect(readStore(place)).rejects.toMatchObject({ code, hint });
    await expect(writeStore(place, await content("four"))).rejects.toMatchObject({ code });
  });
}

test("a whole folder that was put back is noticed by the mark beside it", async () => {
  using folder = tempFolder();
  const place = await storeOf(folder.path, ["one", "two"]);
  using backup = tempFolder();
  for (const name of readdirSync(place.folder)) copyFileSync(join(place.folder, name), backup.at(name));
  await writeStore(place, await content("three"));
  rmSync(join(place.folder, "v0003.age"));
  for (const name of readdirSync(backup.path)) copyFileSync(backup.at(name), join(place.folder, name));
  await expect(readStore(place)).rejects.toMatchObject({ code: "secrets-rolled-back" });
});

test("a version that somebody sealed to the right recipients without the identity is a forgery", async () => {
  using folder = tempFolder();
  const place = await storeOf(folder.path, ["one"]);
  const opened = await readStore(place);
  if (opened === undefined) throw new Error("no store");
  const { file: _file, keys: _keys, ...version } = opened;
  const forger = storeKeys((await newKeyPair()).identity);
  const { machine, recovery } = version.recipients;
  const forgery = await seal(encodeVersion({ ...version, secrets: { A: "evil" } }, forger), [
    machine,
    recovery,
  ]);
  writeFileSync(join(place.folder, "v0001.age"), forgery);
  await expect(readStore(place)).rejects.toMatchObject({ code: "secrets-forged" });
});

test("a store of a newer program is refused as such", async () => {
  using folder = tempFolder();
  const place = await storeOf(folder.path, ["one"]);
  const opened = await readStore(place);
  const identity = await readIdentity(place);
  if (opened === undefined || identity === undefined) throw new Error("no store");
  const { file: _file, keys, ...version } = opened;
  const text = encodeVersion({ ...version, schema: 2 as 1 }, keys);
  writeFileSync(join(place.folder, "v0001.age"), await seal(text, [version.recipients.machine]));
  await expect(readStore(place)).rejects.toMatchObject({ code: "secrets-schema" });
});

test("older versions may be gone", async () => {
  using folder = tempFolder();
  const place = await storeOf(folder.path, ["one", "two", "three"]);
  rmSync(join(place.folder, "v0001.age"));
  rmSync(join(place.folder, "v0002.age"));
  expect(await readStore(place)).toMatchObject({ version: 3, secrets: { A: "three" } });
});
