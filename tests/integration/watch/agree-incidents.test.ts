import { expect, test } from "bun:test";
import type { ServiceRecord } from "../../../agent/plan/watchdog/records.ts";
import { initialState } from "../../../agent/plan/watchdog/state.ts";
import { agreeIncidents } from "../../../agent/run/watch/agree-incidents.ts";
import { Memory } from "../../../agent/run/watch/memory.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const incident = {
  ...{ id: 7, since: 1_000, cause: "no answer", told: "needs-you", outSince: 1_000, lostMs: 0 },
  ...{ remedy: undefined, would: false },
};

test("what an agent had decided and not come to write down is written down by the next, and what was over has an end", () => {
  using folder = tempFolder();
  const memory = new Memory(folder.at("state.db"), (line) => {
    throw new Error(line);
  });
  const { incidents } = memory.store();
  incidents.open({ id: 5, service: "app", at: 500, level: "healed", cause: "before" });
  const { durable, live } = initialState(2_000);
  const services = { app: { incident } as ServiceRecord };
  for (const round of [1, 2])
    agreeIncidents(memory, { live, durable: { ...durable, services } }, 2_000 + round);
  expect(incidents.list(10)).toMatchObject([
    { id: 7, service: "app", openedAt: 1_000, closedAt: undefined, level: "needs-you", cause: "no answer" },
    { id: 5, closedAt: 2_001 },
  ]);
  memory.close();
});
