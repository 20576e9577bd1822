import { describe, expect, test } from "bun:test";
import { openDatabase } from "../../../stack/gateway/src/database/database.ts";
import { DatabaseAway } from "../../../stack/gateway/src/database/database-away.ts";

const DEADLINE_MS = 20;

/** Pools that count themselves, and notes of what the database says of itself. */
function world() {
  const opened: { closed: boolean }[] = [];
  const said: (string | undefined)[] = [];
  const connect = () => {
    const pool = {
      closed: false,
      async close() {
        pool.closed = true;
      },
    };
    opened.push(pool);
    return pool;
  };
  const onChange = (away: DatabaseAway | undefined) => void said.push(away?.reason);
  return { database: openDatabase({ connect, deadlineMs: DEADLINE_MS, onChange }), opened, said };
}

const never = () => new Promise<never>(() => {});
const answer = async () => "rows";
const refuse = (errno: string) => () => Promise.reject(Object.assign(new Error("refused"), { errno }));

/** How many of the queries rejected with DatabaseAway. */
async function failures(queries: Promise<unknown>[]): Promise<number> {
  const settled = await Promise.allSettled(queries);
  return settled.filter((one) => one.status === "rejected" && one.reason instanceof DatabaseAway).length;
}

describe("a database", () => {
  test("that answers is asked by everybody at once", async () => {
    const { database, opened } = world();
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        database.run(async () => {
          running += 1;
          most = Math.max(most, running);
          await Promise.resolve();
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(5);
    expect(opened).toHaveLength(1);
  });

  test("that does not answer is given up in time, with its pool, once", async () => {
    const { database, opened, said } = world();
    expect(await failures(Array.from({ length: 5 }, () => database.run(never)))).toBe(5);
    expect(opened.map(({ closed }) => closed)).toEqual([true, false]);
    expect(said).toEqual(["database does not answer"]);
  });

  test("that was away is asked by one, for whom the others wait", async () => {
    const { database, said } = world();
    await expect(database.run(never)).rejects.toThrow();
    const trial = Promise.withResolvers<string>();
    const order: string[] = [];
    const first = database.run(() => {
      order.push("trial");
      return trial.promise;
    });
    const others = [1, 2].map(() =>
      database.run(async () => {
        order.push("other");
      }),
    );
    await Promise.resolve();
    expect(order).toEqual(["trial"]);
    trial.resolve("rows");
    await Promise.all([first, ...others]);
    expect(order).toEqual(["trial", "other", "other"]);
    expect(said).toEqual(["database does not answer", undefined]);
  });

  test("that stays away is not asked by those who wait", async () => {
    const { database } = world();
    await expect(database.run(never)).rejects.toThrow();
    let asked = 0;
    const queries = Array.from({ length: 10 }, () =>
      database.run(() => {
        asked += 1;
        return never();
      }),
    );
    expect(await failures(queries)).toBe(10);
    expect(asked).toBe(1);
  });

  test("that refuses one query is asked the next one", async () => {
    const { database, opened } = world();
    await expect(database.run(refuse("42P01"))).rejects.toThrow("schema");
    expect(await database.run(answer)).toBe("rows");
    expect(opened).toHaveLength(1);
  });

  test.each([
    ["28P01", "database refuses the login"],
    ["28000", "database refuses the login"],
    ["3D000", "database schema is missing"],
    ["42P01", "database schema is missing"],
    ["57014", "database does not answer"],
    ["57P03", "database cannot be reached"],
    ["53300", "database cannot be reached"],
  ] as const)("that says %s is described as: %s", async (errno, reason) => {
    await expect(world().database.run(refuse(errno))).rejects.toMatchObject({ reason });
  });
});
