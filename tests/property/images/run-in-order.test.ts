import { expect, test } from "bun:test";
import fc from "fast-check";
import { runInOrder } from "../../../agent/run/build/run-in-order.ts";

const nodes = fc.array(fc.record({ on: fc.array(fc.nat(7)), fails: fc.boolean() }), { maxLength: 8 });

test("tasks run after what they need, never more at once than allowed, and none after a failure", async () => {
  await fc.assert(
    fc.asyncProperty(
      nodes,
      fc.integer({ min: 1, max: 3 }),
      fc.scheduler(),
      async (drawn, slots, scheduler) => {
        let running = 0;
        let failed = false;
        const ended = new Set<string>();
        const tasks = drawn.map(({ on, fails }, at) => {
          const after = on.filter((other) => other < at).map(String);
          const run = async () => {
            running += 1;
            expect(running).toBeLessThanOrEqual(slots);
            expect(failed).toBe(false);
            for (const name of after) expect(ended.has(name)).toBe(true);
            await scheduler.schedule(Promise.resolve());
            running -= 1;
            if (fails) failed = true;
            if (fails) throw new Error(`task ${at}`);
            ended.add(String(at));
            return at;
          };
          return { name: String(at), after, run };
        });
        const result = runInOrder(tasks, slots).then(
          (values) => ({ values }),
          (thrown: unknown) => ({ thrown }),
        );
        const outcome = await scheduler.waitFor(result);
        expect(running).toBe(0);
        if ("values" in outcome) expect(outcome.values).toEqual(drawn.map((_, at) => at));
        expect("thrown" in outcome).toBe(drawn.some(({ fails }) => fails));
      },
    ),
  );
});

test("several failures are thrown together, one by itself", async () => {
  const fails = (name: string) => ({ name, after: [], run: () => Promise.reject(new Error(name)) });
  expect(runInOrder([fails("a")], 2)).rejects.toThrow("a");
  const both = await runInOrder([fails("a"), fails("b")], 2).catch((thrown: unknown) => thrown);
  expect((both as AggregateError).errors.map(String)).toEqual(["Error: a", "Error: b"]);
});

test("what was begun beside a failure is let end", async () => {
  let ended = false;
  const slow = {
    name: "slow",
    after: [],
    run: async () => {
      await Bun.sleep(5);
      ended = true;
    },
  };
  const bad = { name: "bad", after: [], run: () => Promise.reject(new Error("bad")) };
  await runInOrder([slow, bad], 2).catch(() => {});
  expect(ended).toBe(true);
});
