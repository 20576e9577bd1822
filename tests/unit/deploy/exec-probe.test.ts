import { expect, test } from "bun:test";
import { execProbe } from "../../../agent/run/deploy/exec-probe.ts";

test("while a check that cannot be killed runs in a container, no other one is begun there", async () => {
  let running = true;
  const begun: string[] = [];
  const engine = {
    exec: async (id: string) => {
      begun.push(id);
      return id === "hangs" && running
        ? { code: 124, output: "", stillRuns: async () => running }
        : { code: 0, output: "" };
    },
  };
  const look = (id: string) => execProbe(engine, id, ["check"], 1_000);
  expect(await look("hangs")).toMatchObject({ good: false, answered: false });
  for (let round = 0; round < 3; round += 1)
    expect(await look("hangs")).toMatchObject({ good: false, answered: false, kind: "timeout" });
  expect((await look("hangs")).detail).toBe("the check before still runs");
  expect(await look("well")).toMatchObject({ good: true, answered: true });
  expect(begun).toEqual(["hangs", "well"]);
  running = false;
  expect(await look("hangs")).toMatchObject({ good: true });
  expect(await look("hangs")).toMatchObject({ good: true });
  expect(begun).toEqual(["hangs", "well", "hangs", "hangs"]);
});
