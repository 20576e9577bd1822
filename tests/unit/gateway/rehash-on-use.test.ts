import { describe, expect, test } from "bun:test";
import { hashKey } from "../../../stack/gateway/src/keys/hash-key.ts";
import type { Hashed, KeyRow } from "../../../stack/gateway/src/keys/key-store.ts";
import { createRehashOnUse } from "../../../stack/gateway/src/keys/rehash-on-use.ts";

const NEW = { version: 2, value: "the-second-pepper" };
const OLD = { version: 1, value: "the-first-pepper" };

const row = (keyId: string, pepperVersion = 1): KeyRow => ({
  id: keyId,
  keyId,
  userId: "u",
  hash: hashKey(`key of ${keyId}`, OLD.value),
  pepperVersion,
});

const BACK_AFTER_MS = 900_000;

function world({ issuing = NEW, other = OLD } = {}) {
  const clock = { ms: 0 };
  const moves: { row: KeyRow; to: Hashed; done: PromiseWithResolvers<boolean> }[] = [];
  const changed: string[] = [];
  const said: string[] = [];
  const use = createRehashOnUse({
    peppers: { issuing, byVersion: new Map([issuing, other].map((pepper) => [pepper.version, pepper])) },
    backAfterMs: BACK_AFTER_MS,
    rehash: (from, to) => {
      const done = Promise.withResolvers<boolean>();
      moves.push({ row: from, to, done });
      return done.promise;
    },
    onChanged: (keyId) => void changed.push(keyId),
    log: (_, msg) => void said.push(msg),
    now: () => clock.ms,
  });
  const settle = async (index: number, how: "moved" | "failed") => {
    if (how === "moved") moves[index]?.done.resolve(true);
    else moves[index]?.done.reject(new Error("away"));
    await Bun.sleep(0);
  };
  return { use, moves, changed, said, clock, settle };
}

describe("a key that is used", () => {
  test("moves from an older pepper to the one that issues, with the hash that belongs to it", async () => {
    const { use, moves, changed, settle } = world();
    use(row("a"), "key of a");
    expect(moves[0]?.to).toEqual({ hash: hashKey("key of a", NEW.value), pepperVersion: 2 });
    expect(changed).toEqual([]);
    await settle(0, "moved");
    expect(changed).toEqual(["a"]);
  });

  test("stays on the issuing pepper, and for a while on any newer one", () => {
    const { use, moves, clock } = world();
    use(row("a", 2), "key of a");
    use(row("b", 3), "key of b");
    clock.ms = BACK_AFTER_MS - 1;
    use(row("b", 3), "key of b");
    expect(moves).toHaveLength(0);
  });

  test("moves back from a newer pepper once that was taken back: else it could never be retired", () => {
    const { use, moves, clock } = world({ issuing: OLD, other: NEW });
    clock.ms = 7 * BACK_AFTER_MS; // what counts is the first key met there, not the start
    use(row("a", 2), "key of a");
    clock.ms += BACK_AFTER_MS;
    use(row("b", 2), "key of b");
    expect(moves.map(({ to }) => to)).toEqual([{ hash: hashKey("key of b", OLD.value), pepperVersion: 1 }]);
    use(row("c", 1), "key of c");
    expect(moves).toHaveLength(1);
  });

  test("moves once at a time, and few move together", async () => {
    const { use, moves, settle } = world();
    for (let index = 0; index < 10; index += 1) use(row("a"), "key of a");
    expect(moves).toHaveLength(1);
    for (let index = 0; index < 10; index += 1) use(row(`k${index}`), "key");
    expect(moves).toHaveLength(4);
    await settle(0, "moved");
    use(row("late"), "key");
    expect(moves).toHaveLength(5);
  });

  test("whose move failed tries again at a later use, not at every one", async () => {
    const { use, moves, changed, said, clock, settle } = world();
    use(row("a"), "key of a");
    await settle(0, "failed");
    use(row("a"), "key of a");
    expect(moves).toHaveLength(1);
    expect([changed, said.length]).toEqual([[], 1]);
    clock.ms = 5000;
    use(row("a"), "key of a");
    expect(moves).toHaveLength(2);
  });
});
