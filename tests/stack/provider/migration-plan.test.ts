import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import {
  asMigration,
  type Migration,
  newestMigration,
  planMigrations,
} from "../../../stack/provider/lib/migrations/migration.ts";

const FOLDER = join(import.meta.dir, "../../../stack/provider/migrations");

function file(id: number, sql = `select ${id}`): Migration {
  const made = asMigration(`${String(id).padStart(4, "0")}_step.sql`, sql);
  if (!made) throw new Error(`no migration: ${id}`);
  return made;
}

describe("a plan of migrations", () => {
  test("made on its own result is empty", () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(ids, (numbers) => {
        const files = numbers.map((id) => file(id));
        const plan = planMigrations(files, []);
        if (!("pending" in plan)) throw new Error("refused");
        expect(plan.pending.map((entry) => entry.id)).toEqual([...numbers].sort((a, b) => a - b));
        expect(planMigrations(files, plan.pending)).toEqual({ pending: [] });
      }),
    );
  });

  test("goes on where a killed run stopped", () => {
    expect(planMigrations([file(1), file(2), file(3)], [file(1)])).toEqual({ pending: [file(2), file(3)] });
  });

  test("refuses a file that changed after it was applied, and says what to do", () => {
    expect(planMigrations([file(1, "select 'other'")], [file(1)])).toEqual({
      faults: ["0001_step: changed after it was applied; put the file back and write the next number"],
    });
  });

  test("refuses a file that came in below one that is applied", () => {
    expect(planMigrations([file(1), file(2), file(3)], [file(1), file(3)])).toEqual({
      faults: ["0002_step: came in below 3, which is applied; give it the next number"],
    });
  });

  test("refuses a number that is used twice", () => {
    expect(planMigrations([file(1), file(1, "select 2")], [])).toEqual({
      faults: ["0001_step: the number is used twice"],
    });
  });

  test("leaves alone what a newer version applied: an older one was put back", () => {
    expect(planMigrations([file(1)], [file(1), file(2)])).toEqual({ pending: [] });
  });
});

test("only NNNN_name.sql is a migration", () => {
  for (const name of ["README.md", "1_a.sql", "0001-a.sql", "0001_A.sql", "0001_a.sql.orig"]) {
    expect(asMigration(name, "")).toBeUndefined();
  }
  expect(newestMigration(["README.md", "0002_b.sql", "0010_c.sql", "0001_a.sql"])).toBe(10);
  expect(newestMigration([])).toBe(0);
});

test("the shipped migrations are numbered from 1 without a gap", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));
  const ids = files.map((name) => asMigration(name, "")?.id).sort();
  expect(ids).toEqual(files.map((_, index) => index + 1));
});
