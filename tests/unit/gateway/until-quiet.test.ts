import { expect, test } from "bun:test";
import { untilQuiet } from "../../../stack/gateway/src/shutdown/until-quiet.ts";

/** Runs the wait on a clock that moves only as it sleeps; `at` says what is going on then. */
async function wait(at: (ms: number) => { pending: number; total: number }) {
  let ms = 0;
  const ended = await untilQuiet(
    { pending: () => at(ms).pending, total: () => at(ms).total },
    {
      quietMs: 100,
      limitMs: 1000,
      now: () => ms,
      sleep: async (pause) => {
        ms += pause;
      },
    },
  );
  return { ended, ms };
}

test("an idle gateway is quiet after the quiet time, and not before", async () => {
  expect(await wait(() => ({ pending: 0, total: 7 }))).toEqual({ ended: "quiet", ms: 100 });
});

test("the quiet time begins after the last request has its answer", async () => {
  expect(await wait((ms) => ({ pending: ms < 500 ? 1 : 0, total: 7 }))).toEqual({ ended: "quiet", ms: 590 });
});

test("a request that came and went between two looks counts", async () => {
  expect(await wait((ms) => ({ pending: 0, total: ms < 95 ? 7 : 8 }))).toEqual({ ended: "quiet", ms: 200 });
});

test("one that does not end is not waited for longer than the limit", async () => {
  expect(await wait(() => ({ pending: 1, total: 7 }))).toEqual({ ended: "late", ms: 1000 });
});
