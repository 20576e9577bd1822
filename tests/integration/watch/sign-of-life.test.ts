import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemHost } from "../../../agent/host/system-host.ts";
import { type GoodAnswers, signOfLife } from "../../../agent/run/watch/sign-of-life.ts";

const host = systemHost();
const silent: GoodAnswers = () => new Promise(() => {});
const counting = (): GoodAnswers => {
  let count = 0;
  return async () => count++;
};

let busy: Bun.Subprocess;
let idle: Bun.Subprocess;

beforeAll(() => {
  busy = Bun.spawn(["timeout", "20", "sh", "-c", "while :; do :; done"]);
  idle = Bun.spawn(["sleep", "20"]);
});

afterAll(() => {
  busy.kill();
  idle.kill();
});

/** What is seen of a process between a first failed look and one half a second later. */
async function seenOf(pid: number, goodAnswers: GoodAnswers) {
  const container = { pid } as Parameters<typeof signOfLife>[1]["container"];
  const facts = { service: "app" } as Parameters<typeof signOfLife>[1]["facts"];
  const life = signOfLife(host, { container, facts, unit: undefined as never }, goodAnswers);
  await Bun.sleep(500);
  const startedAt = performance.now();
  return { evidence: await life.evidence(), tookMs: performance.now() - startedAt };
}

test("a process that burns CPU works, though the ingress does not answer, and that is known in time", async () => {
  const { evidence, tookMs } = await seenOf(busy.pid, silent);
  expect(evidence).toEqual({ busy: true, servedMeanwhile: false, lateMs: undefined });
  expect(tookMs).toBeLessThan(1_000);
});

test("customers' answers count, though the process cannot be seen", async () => {
  const { evidence } = await seenOf(2 ** 22 + 1, counting());
  expect(evidence).toEqual({ busy: false, servedMeanwhile: true, lateMs: undefined });
});

test("who does nothing and serves nobody shows no sign of life", async () => {
  const { evidence } = await seenOf(idle.pid, async () => 7);
  expect(evidence).toEqual({ busy: false, servedMeanwhile: false, lateMs: undefined });
});
