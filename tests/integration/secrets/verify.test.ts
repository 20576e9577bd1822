import { expect, test } from "bun:test";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../../agent/core/secret.ts";
import { newKeyPair } from "../../../agent/host/secret-store/age.ts";
import { stageVersion, writeStore } from "../../../agent/host/secret-store/write-store.ts";
import type { Secrets } from "../../../agent/plan/secrets.ts";
import { storePlace } from "../../../agent/run/secrets/open-secrets.ts";
import { secretHistory } from "../../../agent/run/secrets/secret-history.ts";
import { drillRecovery, recoveryDrill, verifySecrets } from "../../../agent/run/secrets/verify-secrets.ts";
import { secretsProject } from "../../support/secrets-project.ts";

const AT = "2026-01-02T03:04:05.000Z";
const value = (...numbers: [number, ...number[]]): Secrets[string] => {
  const [first, ...rest] = numbers.map((n) => ({ n, value: `value ${n}`, createdAt: AT }));
  if (first === undefined) throw new Error("a value has a number");
  return { kind: "generated", versions: [first, ...rest] };
};

/** A project whose store has had these contents in turn, and its recovery key. */
async function stored(...contents: readonly Secrets[]) {
  const made = secretsProject();
  const place = storePlace(made.host, made.project);
  const { identity: key, recipient: recovery } = await newKeyPair();
  for (const secrets of contents) await writeStore(place, { secrets, createdAt: AT, recovery });
  return { ...made, place, key, [Symbol.dispose]: () => made[Symbol.dispose]() };
}

test("a whole store is found whole: what is current, earlier, and staged by somebody who never committed", async () => {
  using made = await stored({ A: value(1) }, { A: value(2, 1) });
  await stageVersion(made.place, { secrets: { A: value(3) }, createdAt: AT });
  const { versions, faults, provenAt } = await verifySecrets(made.host, made.project);
  expect(versions.map(({ version, state }) => [version, state])).toEqual([
    [1, "earlier"],
    [2, "current"],
    [3, "staged"],
  ]);
  expect({ faults, provenAt }).toEqual({ faults: [], provenAt: undefined });
});

test("a torn earlier version and keys that others can read are named", async () => {
  using made = await stored({ A: value(1) }, { A: value(2) });
  await stageVersion(made.place, { secrets: { A: value(3) }, createdAt: AT });
  writeFileSync(join(made.place.folder, "v0003.age"), "torn");
  chmodSync(join(made.place.folder, "identity"), 0o644);
  const { faults } = await verifySecrets(made.host, made.project);
  expect(faults).toEqual([
    expect.stringMatching(/v0003\.age is cut short/),
    expect.stringMatching(/identity can be read by other users/),
  ]);
});

test("the recovery key counts as tried once it has opened the store, and only the right one does", async () => {
  using made = await stored({ A: value(1) });
  const { host, project } = made;
  await expect(drillRecovery(host, project, (await newKeyPair()).identity)).rejects.toMatchObject({
    code: "secrets-recovery",
    exitCode: 2,
  });
  expect(await recoveryDrill(host, project)).toEqual({ provenAt: undefined });
  await drillRecovery(host, project, made.key);
  expect(await recoveryDrill(host, project)).toEqual({ provenAt: expect.any(String) });
  const machine = new Secret(((await host.files.readText(join(made.place.folder, "identity"))) ?? "").trim());
  await expect(drillRecovery(host, project, machine)).rejects.toMatchObject({ code: "secrets-recovery" });
});

test("the history says which value was when, without one of them", async () => {
  using made = await stored(
    { A: value(1), B: value(1) },
    { A: value(2, 1), B: value(1) },
    { A: value(2), B: value(1) },
    { A: value(2) },
  );
  const changes = await secretHistory(made.host, made.project);
  expect(changes.map(({ version, secret, issues, accepts }) => [version, secret, issues, accepts])).toEqual([
    [1, "A", 1, [1]],
    [1, "B", 1, [1]],
    [2, "A", 2, [2, 1]],
    [3, "A", 2, [2]],
    [4, "B", undefined, []],
  ]);
  expect(JSON.stringify(changes)).not.toContain("value");
});

test("of versions that were removed the history says nothing, and begins where the files begin", async () => {
  using made = await stored({ A: value(1) }, { A: value(2, 1) });
  rmSync(join(made.place.folder, "v0001.age"));
  expect((await secretHistory(made.host, made.project)).map(({ version }) => version)).toEqual([2]);
});
