import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { SoloflowError } from "../../../agent/core/errors.ts";
import type { Store } from "../../../agent/host/store/store.ts";
import { alertsWorld, raise } from "./alerts-world.ts";
import { receiver, verifies } from "./receiver.ts";

const HOUR = 3_600_000;

const idIn = (body: string | undefined) => (JSON.parse(body ?? "{}") as { id?: string }).id;

describe("an alert reaches people", () => {
  test("by every way that is set, once, and the webhook's signature verifies", async () => {
    using slack = receiver();
    using hook = receiver();
    using world = alertsWorld({ secrets: { SLACK: slack.url, KEY: "a key" } });
    const out = world.folder.at("mail");
    world.world.settings = {
      slack: "SLACK",
      webhook: { url: hook.url, key: "KEY" },
      command: ["sh", "-c", `cat >>${out}`],
    };
    world.store.incidents.open({ id: 1, service: "gateway", level: "losing", cause: "x", at: 1_000 });
    world.queue.queue(raise("losing"));
    expect(slack.received).toEqual([]);
    await world.deliver();
    await world.deliver();
    expect([slack.received.length, hook.received.length]).toEqual([1, 1]);
    expect(slack.received[0]?.body).toContain("shop/gateway is down");
    const [posted] = hook.received;
    expect(posted !== undefined && verifies(posted, "a key", world.clock.now())).toBe(true);
    expect(posted !== undefined && verifies(posted, "another", world.clock.now())).toBe(false);
    expect(posted !== undefined && verifies(posted, "a key", world.clock.now() + HOUR)).toBe(false);
    expect(JSON.parse(posted?.body ?? "")).toMatchObject({
      level: "losing",
      since: "1970-01-01T00:00:01.000Z",
    });
    expect(readFileSync(out, "utf8")).toStartWith("shop/gateway is down");
    expect(world.store.incidents.get(1)?.alerts).toBe(1);
    expect(world.queue.pending()).toBe(0);
  });

  test("an incident has one page and one message of a kind, also after a restart of the agent", async () => {
    using slack = receiver();
    using world = alertsWorld({ settings: { slack: "SLACK" }, secrets: { SLACK: slack.url } });
    world.queue.queue(raise("losing"));
    await world.deliver();
    const later = world.again();
    later.queue(raise("losing", 1, "something else"));
    later.queue(raise("needs-you"));
    later.queue(raise("needs-you", 1, "no answer within 2 s"));
    await world.deliver(later);
    expect(slack.received.length).toBe(2);
    later.queue(raise("losing", 2));
    await world.deliver(later);
    expect(slack.received.length).toBe(3);
  });

  test("with no way set nothing is kept", () => {
    using world = alertsWorld();
    world.queue.queue(raise("losing"));
    expect(world.store.alerts.list(9)).toEqual([]);
  });

  test("what was queued for a way that is not set any more is dropped, not kept for ever", async () => {
    using world = alertsWorld({ settings: { command: ["true"] } });
    world.queue.queue(raise("losing"));
    world.world.settings = {};
    await world.deliver();
    expect(world.store.alerts.list(1)[0]).toMatchObject({ lastError: "this way is not set any more" });
    expect(world.queue.pending()).toBe(0);
  });
});

describe("a receiver that fails", () => {
  test("is asked again after 1, 2, 4 s … with the same id and a fresh signature", async () => {
    using hook = receiver(500, 503, 200);
    using world = alertsWorld({
      settings: { webhook: { url: hook.url, key: "KEY" } },
      secrets: { KEY: "k" },
    });
    world.queue.queue(raise("losing"));
    await world.deliver();
    await world.deliver();
    expect(hook.received.length).toBe(1);
    world.clock.advance(1_300);
    await world.deliver();
    expect(hook.received.length).toBe(2);
    world.clock.advance(2_600);
    await world.deliver();
    await world.deliver();
    expect(hook.received.length).toBe(3);
    expect(new Set(hook.received.map(({ body }) => idIn(body))).size).toBe(1);
    expect(hook.received.every((each) => verifies(each, "k", world.clock.now()))).toBe(true);
    expect(world.warned).toHaveLength(3);
    expect(world.warned[0]).toStartWith("alerts do not get through by webhook: it answered 500");
    expect(world.warned[2]).toBe("alerts get through by webhook again");
  });

  test("is not asked before the time that it names", async () => {
    using slack = receiver(new Response("", { status: 429, headers: { "retry-after": "60" } }), 200);
    using world = alertsWorld({ settings: { slack: "S" }, secrets: { S: slack.url } });
    world.queue.queue(raise("losing"));
    await world.deliver();
    world.clock.advance(59_000);
    await world.deliver();
    expect(slack.received.length).toBe(1);
    world.clock.advance(1_000);
    await world.deliver();
    expect(slack.received.length).toBe(2);
  });

  test("after a day it is given up, with a note, and not asked again", async () => {
    using slack = receiver(500);
    using world = alertsWorld({ settings: { slack: "S" }, secrets: { S: slack.url } });
    world.queue.queue(raise("losing"));
    await world.deliver();
    world.clock.advance(24 * HOUR);
    await world.deliver();
    world.clock.advance(24 * HOUR);
    await world.deliver();
    expect(slack.received.length).toBe(2);
    expect(world.warned.at(-1)).toBe("an alert is given up after 2 tries by slack: it answered 500");
    expect(world.store.alerts.list(1)[0]).toMatchObject({ tries: 2, lastError: "it answered 500" });
  });

  test("that hangs holds up neither the caller nor the other ways", async () => {
    using slack = receiver("hang");
    using world = alertsWorld({ settings: { slack: "S", command: ["true"] }, secrets: { S: slack.url } });
    const started = performance.now();
    world.queue.queue(raise("losing"));
    expect(performance.now() - started).toBeLessThan(200);
    const round = world.deliver();
    const joined = world.deliver();
    await Promise.all([round, joined]);
    expect(slack.received.length).toBe(1);
    const rows = world.store.alerts.list(2);
    expect(rows.map(({ channel, deliveredAt }) => [channel, deliveredAt !== undefined]).sort()).toEqual([
      ["command", true],
      ["slack", false],
    ]);
    expect(world.warned).toEqual([expect.stringContaining("no answer within 0.3 s")]);
  });

  test("that redirects a signed post is not believed, and where it points hears nothing", async () => {
    using elsewhere = receiver();
    using hook = receiver(new Response("", { status: 307, headers: { location: elsewhere.url } }));
    using world = alertsWorld({ settings: { webhook: { url: hook.url, key: "K" } }, secrets: { K: "k" } });
    world.queue.queue(raise("losing"));
    await world.deliver();
    expect([hook.received.length, elsewhere.received.length]).toEqual([1, 0]);
    expect(world.warned[0]).toContain("it answered 307, a redirect, which is not followed");
  });

  test("a page overtakes what waited before it, and one that is blocked blocks no new one", async () => {
    using slack = receiver(500, 200);
    using world = alertsWorld({ settings: { slack: "S" }, secrets: { S: slack.url } });
    world.queue.queue(raise("needs-you"));
    await world.deliver();
    world.clock.advance(100);
    world.queue.queue(raise("needs-you", 2));
    world.queue.queue(raise("losing", 3));
    await world.deliver();
    expect(slack.received.map(({ body }) => body.includes("is down"))).toEqual([false, true, false]);
  });
});

test("a receiver that is down is asked once a round, however many messages wait, and gets all of them later", async () => {
  using slack = receiver(500, 500, 200);
  using world = alertsWorld({ settings: { slack: "S" }, secrets: { S: slack.url } });
  for (let incident = 1; incident <= 5; incident += 1) world.queue.queue(raise("losing", incident));
  await world.deliver();
  expect(slack.received.length).toBe(1);
  await world.deliver();
  expect(slack.received.length).toBe(2);
  world.clock.advance(2_000);
  await world.deliver();
  expect([slack.received.length, world.queue.pending()]).toEqual([7, 0]);
});

describe("what healed by itself", () => {
  const healed = (incident: number) => raise("healed", incident);

  test("is told once a day in one message, and on no morning when there was nothing", async () => {
    using hook = receiver();
    using world = alertsWorld({ settings: { webhook: { url: hook.url, key: "K" } }, secrets: { K: "k" } });
    for (const incident of [1, 2, 3]) world.queue.queue(healed(incident));
    world.queue.queue(healed(3));
    await world.deliver();
    expect([hook.received.length, world.queue.pending()]).toEqual([0, 0]);
    world.clock.advance(25 * HOUR);
    await world.deliver();
    await world.deliver();
    expect(hook.received.length).toBe(1);
    expect(JSON.parse(hook.received[0]?.body ?? "")).toMatchObject({
      type: "digest",
      healed: [{ incident: 1 }, { incident: 2 }, { incident: 3 }],
    });
    world.clock.advance(25 * HOUR);
    await world.deliver();
    expect(hook.received.length).toBe(1);
  });

  test("is told at once where somebody had been called for it", async () => {
    using slack = receiver();
    using world = alertsWorld({ settings: { slack: "S" }, secrets: { S: slack.url } });
    world.store.incidents.open({ id: 1, service: "gateway", level: "losing", cause: "x", at: 1_000 });
    world.queue.queue(raise("losing"));
    world.queue.queue(healed(1));
    await world.deliver();
    expect(slack.received.map(({ body }) => /has healed|is down/.exec(body)?.[0])).toEqual([
      "is down",
      "has healed",
    ]);
  });
});

describe("secrets", () => {
  test("one that is missing is said once, holds up no other way, and is waited for", async () => {
    using slack = receiver();
    using world = alertsWorld({ settings: { slack: "SLACK", command: ["true"] } });
    world.queue.queue(raise("losing"));
    for (let round = 0; round < 4; round += 1) {
      await world.deliver();
      world.clock.advance(60_000);
    }
    expect(world.warned).toHaveLength(1);
    expect(world.warned[0]).toContain("the secret SLACK has no value: soloflow-agent secrets set SLACK");
    world.world.secrets.SLACK = slack.url;
    await world.deliver();
    expect(slack.received.length).toBe(1);
  });

  test("none is in the state, in a warning or in an alert's trace, whatever fails", async () => {
    using closed = receiver();
    const url = `${closed.url}/T0PS3CRETT0KEN`;
    closed[Symbol.dispose]();
    using world = alertsWorld({
      settings: { slack: "S", webhook: { url: "U", key: "K" } },
      secrets: { S: url, U: url.replace("http:", "https:"), K: "T0PS3CRETKEY" },
    });
    world.queue.queue(raise("losing", 1, "token=T0PS3CRETCAUSE is refused"));
    await world.deliver();
    expect(world.warned).toHaveLength(2);
    world.store.close();
    const files = ["state.db", "state.db-wal"].map((name) => Bun.file(world.folder.at(name)));
    const bytes = await Promise.all(files.map(async (file) => ((await file.exists()) ? file.text() : "")));
    expect([...bytes, ...world.warned].join("\n")).not.toContain("T0PS3CRET");
    expect(bytes.join("")).toContain("[redacted]");
  });
});

describe("a state that cannot be written", () => {
  const full = () => new SoloflowError("state-full", "the state cannot be written: the disk is full");

  /** The store with an outbox in which these calls fail while `broken` says so. */
  const failing = (names: readonly string[], broken: () => boolean) => (store: Store) => {
    const alerts = new Proxy(store.alerts, {
      get(target, name) {
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== "function") return found;
        return (...given: unknown[]) => {
          if (broken() && names.includes(String(name))) throw full();
          return Reflect.apply(found, target, given);
        };
      },
    });
    return { ...store, alerts, transaction: store.transaction.bind(store) } as Store;
  };

  test("does not keep a page from being sent, once", async () => {
    using slack = receiver(500, 200);
    let broken = true;
    using world = alertsWorld({
      settings: { slack: "S" },
      secrets: { S: slack.url },
      wrap: failing(["add", "delivered", "failed", "dropped"], () => broken),
    });
    world.queue.queue(raise("losing"));
    world.queue.queue(raise("losing"));
    await world.deliver();
    world.clock.advance(2_000);
    await world.deliver();
    await world.deliver();
    expect(slack.received.length).toBe(2);
    broken = false;
    await world.deliver();
    expect([slack.received.length, world.queue.pending()]).toEqual([2, 0]);
  });

  test("does not make a message that was sent be sent again", async () => {
    using slack = receiver(500, 200);
    let broken = false;
    using world = alertsWorld({
      settings: { slack: "S" },
      secrets: { S: slack.url },
      wrap: failing(["delivered", "failed"], () => broken),
    });
    world.queue.queue(raise("losing"));
    broken = true;
    await world.deliver();
    await world.deliver();
    expect(slack.received.length).toBe(1);
    world.clock.advance(2_000);
    for (let round = 0; round < 3; round += 1) await world.deliver();
    expect(slack.received.length).toBe(2);
    broken = false;
    await world.deliver();
    expect(world.store.alerts.list(1)[0]?.deliveredAt).toBeDefined();
  });

  test("is said once, however often it is tried, until it can be written and cannot again", async () => {
    let broken = true;
    const wrap = (store: Store) => {
      if (broken) throw full();
      return store;
    };
    using world = alertsWorld({ settings: { command: ["true"] }, wrap });
    const said = () => world.warned.filter((line) => line.includes("digest"));
    for (let round = 0; round < 3; round += 1) await world.deliver();
    expect(said()).toHaveLength(1);
    broken = false;
    await world.deliver();
    broken = true;
    await world.deliver();
    expect(said()).toHaveLength(2);
  });

  test("waits for the store to come back with what it could not take", async () => {
    using slack = receiver(500);
    let broken = true;
    using world = alertsWorld({
      settings: { slack: "S" },
      secrets: { S: slack.url },
      wrap: failing(["add"], () => broken),
    });
    world.queue.queue(raise("losing"));
    await world.deliver();
    expect(world.store.alerts.list(9)).toEqual([]);
    broken = false;
    await world.deliver();
    expect(world.store.alerts.list(9)).toHaveLength(1);
  });
});

test("a clock that was put back by years holds up no page for years", async () => {
  using slack = receiver(500, 200);
  using world = alertsWorld({ settings: { slack: "S" }, secrets: { S: slack.url } });
  world.clock.advance(3 * 365 * 24 * HOUR);
  world.queue.queue(raise("losing"));
  await world.deliver();
  world.clock.setBack(3 * 365 * 24 * HOUR);
  world.clock.advance(11 * 60_000);
  await world.deliver();
  expect(slack.received.length).toBe(2);
});
