import { expect, test } from "bun:test";
import { Secret } from "../../../agent/core/secret.ts";
import { systemWeb } from "../../../agent/host/web.ts";
import { DeadMan } from "../../../agent/run/alerts/dead-man.ts";
import { manualClock } from "../../support/manual-clock.ts";
import { START } from "./alerts-world.ts";
import { receiver } from "./receiver.ts";

const { signal } = new AbortController();

function deadMan(secrets: Record<string, string> = {}) {
  const clock = manualClock(START);
  const warned: string[] = [];
  const man = new DeadMan({
    host: { clock },
    web: systemWeb,
    read: async (name) => (secrets[name] === undefined ? undefined : new Secret(secrets[name])),
    warn: (line) => void warned.push(line),
  });
  return { clock, warned, man };
}

test("a ping a minute while reconciles complete, and silence when they do not", async () => {
  using service = receiver();
  const { clock, man } = deadMan();
  for (let second = 0; second < 180; second += 10) {
    await man.reconciled(service.url, signal);
    clock.advance(10_000);
  }
  expect(service.received.length).toBe(3);
  clock.advance(3_600_000);
  await Bun.sleep(50);
  expect(service.received.length).toBe(3);
  await man.reconciled(service.url, signal);
  expect(service.received.length).toBe(4);
});

test("nothing is asked where nobody listens", async () => {
  const { man } = deadMan();
  await man.reconciled(undefined, signal);
});

test("a ping that fails is tried again after 15 s and said once; a reconcile never waits for another's ping", async () => {
  using service = receiver(500, 500, 200);
  const { clock, warned, man } = deadMan({ DEAD_MAN: service.url });
  const first = man.reconciled("DEAD_MAN", signal);
  await man.reconciled("DEAD_MAN", signal);
  await first;
  for (let tries = 0; tries < 4; tries += 1) {
    clock.advance(15_000);
    await man.reconciled("DEAD_MAN", signal);
  }
  expect(service.received.length).toBe(3);
  expect(warned).toEqual(["the dead-man ping does not get through: it answered 500"]);
});

test("a secret without a value is said", async () => {
  const { warned, man } = deadMan();
  await man.reconciled("DEAD_MAN", signal);
  expect(warned).toEqual(["the dead-man ping does not get through: the secret DEAD_MAN has no value"]);
});
