import { expect, test } from "bun:test";
import { createUseNotes } from "../../../stack/gateway/src/keys/use-notes.ts";

const at = (second: number): Date => new Date(second * 1000);

test("many uses are one write, with the latest time of each key", async () => {
  const written: Map<string, Date>[] = [];
  const notes = createUseNotes({ write: async (uses) => void written.push(new Map(uses)), log: () => {} });
  for (let second = 0; second < 100; second += 1) notes.note(second % 2 === 0 ? "even" : "odd", at(second));
  await notes.flush();
  await notes.flush();
  expect(written).toEqual([
    new Map([
      ["even", at(98)],
      ["odd", at(99)],
    ]),
  ]);
});

test("what could not be written is written the next time, unless there is newer", async () => {
  const written: Map<string, Date>[] = [];
  let fail = true;
  const notes = createUseNotes({
    write: async (uses) => {
      if (!fail) return void written.push(new Map(uses));
      notes.note("a", at(2));
      throw new Error("away");
    },
    log: () => {},
  });
  notes.note("a", at(1));
  notes.note("b", at(1));
  await notes.flush();
  fail = false;
  await notes.flush();
  expect(written).toEqual([
    new Map([
      ["a", at(2)],
      ["b", at(1)],
    ]),
  ]);
});

test("more keys than are worth it are not kept", async () => {
  let count = 0;
  const write = async (uses: ReadonlyMap<string, Date>) => {
    count = uses.size;
  };
  const notes = createUseNotes({ write, log: () => {} });
  for (let index = 0; index < 20_000; index += 1) notes.note(String(index), at(1));
  await notes.flush();
  expect(count).toBe(10_000);
});
