import { expect, test } from "bun:test";
import { withOperation } from "../../../agent/run/operation.ts";
import { projectOf } from "../../support/deploy-execution.ts";
import { recordedProgress } from "../../support/recorded-progress.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

test("who holds the lock is told since it has it, not since it waited for it", async () => {
  using host = scriptedHost();
  const project = projectOf(host);
  const options = (waitMs: number) => ({
    ...{ kind: "deploy", waitMs, progress: recordedProgress() },
    signal: new AbortController().signal,
  });
  const first = Promise.withResolvers<void>();
  const holding = withOperation(host, project, options(0), () => first.promise);
  const tookAt = Promise.withResolvers<number>();
  const second = Promise.withResolvers<void>();
  const waiting = withOperation(host, project, options(3_600_000), () => {
    tookAt.resolve(host.clock.now());
    return second.promise;
  });
  host.clock.advance(60_000);
  first.resolve();
  await holding;
  const took = new Date(await tookAt.promise).toISOString();
  const refused = await withOperation(host, project, options(0), async () => {}).catch((thrown) => thrown);
  expect(refused.message).toContain(`since ${took}`);
  second.resolve();
  await waiting;
});
