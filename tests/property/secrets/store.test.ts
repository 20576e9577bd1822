import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { readStore } from "../../../agent/host/secret-store/read-store.ts";
import { stageVersion, writeStore } from "../../../agent/host/secret-store/write-store.ts";
import { content, countedFiles, placeIn, storeOf } from "../../support/secret-store.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const template = tempFolder();
beforeAll(() => storeOf(template.path, ["one", "two", "three"]));
afterAll(() => template[Symbol.dispose]());

class Killed extends Error {}

/** Files that are dead from the given changing call on: nothing more reaches the disk. */
function dyingFiles(call: number, side: "before" | "after") {
  const die = (at: number, from: number) => {
    if (at >= from) throw new Killed();
  };
  return countedFiles({
    before: (at) => die(at, side === "before" ? call : call + 1),
    after: (at) => die(at, side === "after" ? call : Number.POSITIVE_INFINITY),
  });
}

type Write = { kind: "write" | "stage" } | { kind: "killed"; call: number; side: "before" | "after" };

const write: fc.Arbitrary<Write> = fc.oneof(
  fc.constant({ kind: "write" as const }),
  fc.constant({ kind: "stage" as const }),
  fc.record({
    kind: fc.constant("killed" as const),
    call: fc.integer({ min: 1, max: 6 }),
    side: fc.constantFrom("before" as const, "after" as const),
  }),
);

async function perform(folder: string, step: Write, value: string): Promise<boolean> {
  if (step.kind === "killed") {
    const place = placeIn(folder, dyingFiles(step.call, step.side));
    try {
      await writeStore(place, await content(value));
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Killed)) throw thrown;
      return false;
    }
  }
  if (step.kind === "stage") await stageVersion(placeIn(folder), await content(value));
  else await writeStore(placeIn(folder), await content(value));
  return step.kind === "write";
}

test("after any sequence of writes and kills the store holds the last value committed or the one being written", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 6 }), async (steps) => {
      using folder = tempFolder();
      let current: string | undefined;
      let version = 0;
      for (const [index, step] of steps.entries()) {
        const value = `value ${index}`;
        const finished = await perform(folder.path, step, value);
        const opened = await readStore(placeIn(folder.path));
        const found = (opened?.secrets as { A: string } | undefined)?.A;
        const allowed = finished ? [value] : step.kind === "stage" ? [current] : [current, value];
        expect(allowed).toContain(found);
        expect(opened?.version ?? 0).toBe(found === current ? version : version + 1);
        current = found;
        version = opened?.version ?? 0;
      }
    }),
    { numRuns: 25 },
  );
});

const files = ["secrets.mark", "secrets/CURRENT", "secrets/identity"].concat(
  ["v0001.age", "v0002.age", "v0003.age"].map((name) => `secrets/${name}`),
);

type Change =
  | { kind: "flip"; at: number; bit: number }
  | { kind: "cut"; at: number }
  | { kind: "insert"; at: number; byte: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("insert" as const), at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }),
);

function changed(before: Buffer, how: Change): Buffer {
  if (how.kind === "cut") return before.subarray(0, how.at % before.length);
  const at = how.at % before.length;
  if (how.kind === "insert")
    return Buffer.concat([before.subarray(0, at), Buffer.of(how.byte), before.subarray(at)]);
  const after = Buffer.from(before);
  after[at] = (after[at] ?? 0) ^ (1 << how.bit);
  return after;
}

test("any single change to any file is noticed and named", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), change, async (file, how) => {
      using folder = tempFolder();
      cpSync(template.path, folder.path, { recursive: true });
      const path = folder.at(file);
      const before = readFileSync(path);
      writeFileSync(path, changed(before, how));
      const thrown = await readStore(placeIn(folder.path)).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(thrown).toBeInstanceOf(SoloflowError);
      expect((thrown as SoloflowError).code).toMatch(/^secrets-/);
      expect(Bun.inspect(thrown)).not.toMatch(/SECRET-KEY-1[A-Z0-9]/);
    }),
    { numRuns: 100 },
  );
});

test("any two files exchanged, or one put in the place of another, are noticed", async () => {
  const distinct = fc.tuple(fc.constantFrom(...files), fc.constantFrom(...files)).filter(([a, b]) => a !== b);
  await fc.assert(
    fc.asyncProperty(distinct, fc.boolean(), async ([a, b], exchange) => {
      using folder = tempFolder();
      cpSync(template.path, folder.path, { recursive: true });
      const [first, second] = [readFileSync(folder.at(a)), readFileSync(folder.at(b))];
      writeFileSync(folder.at(b), first);
      if (exchange) writeFileSync(folder.at(a), second);
      await expect(readStore(placeIn(folder.path))).rejects.toMatchObject({
        code: expect.stringMatching(/^secrets-/),
      });
    }),
    { numRuns: 40 },
  );
});

test("every file but the versions of the past is needed", async () => {
  for (const file of files) {
    using folder = tempFolder();
    cpSync(template.path, folder.path, { recursive: true });
    rmSync(folder.at(file));
    const past = /v000[12]/.test(file);
    const opened = await readStore(placeIn(folder.path)).then(
      () => true,
      () => false,
    );
    expect([file, opened]).toEqual([file, past]);
  }
});

test("the template has the files that these tests change", () => {
  const found = readdirSync(join(template.path, "secrets")).map((name) => `secrets/${name}`);
  expect([...found, "secrets.mark"].sort()).toEqual([...files].sort());
  expect(existsSync(template.at("secrets.mark"))).toBe(true);
});
