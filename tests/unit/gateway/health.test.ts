import { describe, expect, test } from "bun:test";
import { DatabaseAway } from "../../../stack/gateway/src/database/database-away.ts";
import { createHealth, HEALTH_MEMO_MS } from "../../../stack/gateway/src/health/health.ts";

function world(probe: () => Promise<void>) {
  const clock = { ms: 0 };
  let asked = 0;
  const health = createHealth({
    probe: () => {
      asked += 1;
      return probe();
    },
    now: () => clock.ms,
  });
  return { health, clock, asked: () => asked };
}

describe("readiness", () => {
  test("is asked once for all who want it within a moment, and again after it", async () => {
    const { health, clock, asked } = world(async () => {});
    for (const state of await Promise.all([health(), health(), health()])) expect(state.status).toBe("UP");
    clock.ms = HEALTH_MEMO_MS - 1;
    await health();
    expect(asked()).toBe(1);
    clock.ms = HEALTH_MEMO_MS;
    await health();
    expect(asked()).toBe(2);
  });

  test("is not asked a second time while the first is unanswered", async () => {
    const { health, clock, asked } = world(() => new Promise(() => {}));
    void health();
    clock.ms = 10 * HEALTH_MEMO_MS;
    void health();
    expect(asked()).toBe(1);
  });

  test("gives the database's own reason, and bad news last no longer than good", async () => {
    let away = true;
    const { health, clock } = world(async () => {
      if (away) throw new DatabaseAway("database refuses the login");
    });
    expect(await health()).toEqual({ status: "DOWN", reason: "database refuses the login" });
    away = false;
    clock.ms = HEALTH_MEMO_MS;
    expect(await health()).toEqual({ status: "UP" });
  });

  test("is answered within its deadline", async () => {
    const { health } = world(() => new Promise(() => {}));
    const began = performance.now();
    expect(await health()).toEqual({ status: "DOWN", reason: "database does not answer" });
    expect(performance.now() - began).toBeLessThan(1500);
  });
});
