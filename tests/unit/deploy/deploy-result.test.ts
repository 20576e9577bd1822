import { expect, test } from "bun:test";
import type { ReadinessSample } from "../../../agent/host/store/readiness.ts";
import { planDeploy } from "../../../agent/plan/deploy.ts";
import { documentServices } from "../../../agent/run/deploy/deploy-result.ts";
import { desiredOf } from "../../support/desired.ts";
import { emptyWorld, observedOf } from "../../support/plan-world.ts";

const plan = planDeploy(desiredOf(), observedOf(emptyWorld()), { only: [], databases: [] });

/** What the document says of the gateway, which has just become ready after the newest of these. */
function gateway(newestFirst: readonly number[], started = true) {
  const samples = (service: string): ReadinessSample[] =>
    service === "gateway"
      ? newestFirst.map((ms) => ({ service, image: "i", at: 1, ms, cause: "deploy" }))
      : [];
  const ready = new Map(started ? [["gateway", newestFirst[0] ?? 0]] : []);
  return documentServices(plan, [], ready, { samples }).find(({ name }) => name === "gateway");
}

test("a start is compared with those before it, and not with itself", () => {
  expect(gateway([2_000, 600, 700, 650])).toMatchObject({
    ...{ readyAfterMs: 2_000, usualReadyMs: 650, slowStart: true },
  });
  expect(gateway([1_000, 600, 700, 650])).toMatchObject({ usualReadyMs: 650, slowStart: false });
});

test("without history, or without a start, there is nothing to compare", () => {
  expect(gateway([2_000])).toMatchObject({ readyAfterMs: 2_000, usualReadyMs: null, slowStart: null });
  expect(gateway([600, 600, 600, 600], false)).toMatchObject({ readyAfterMs: null, slowStart: null });
});
