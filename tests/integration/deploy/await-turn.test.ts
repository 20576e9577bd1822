import { expect, test } from "bun:test";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { awaitTurn, GLANCE_MS, type InTheWay } from "../../../agent/run/await-turn.ts";
import { recordedProgress } from "../../support/recorded-progress.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

/** Somebody is in the way for the first `heldMs`; gives how it went, when, and what was said. */
async function waited(heldMs: number, way: Partial<InTheWay>, signal = new AbortController().signal) {
  using host = scriptedHost();
  const progress = recordedProgress();
  const since = host.clock.monotonic();
  const refusal = new SoloflowError("locked", "somebody has it");
  const attempt = async () =>
    host.clock.monotonic() - since >= heldMs
      ? { taken: "mine" }
      : { waitMs: 1_000, waiting: "waiting", refusal, ...way };
  const outcome = await awaitTurn(host.clock, { progress, signal }, attempt).catch(({ code }) => code);
  return { outcome, ms: host.clock.monotonic() - since, said: progress.lines.length };
}

test("who is in the way is waited for as long as is said and not longer, and is told once", async () => {
  expect(await waited(500, {})).toMatchObject({ outcome: "mine", said: 1 });
  expect(await waited(5_000, {})).toEqual({ outcome: "locked", ms: 1_000, said: 1 });
  expect(await waited(5_000, { waitMs: 0 })).toEqual({ outcome: "locked", ms: 0, said: 0 });
  expect(await waited(5_000, {}, AbortSignal.abort())).toEqual({ outcome: "locked", ms: 0, said: 0 });
});

test("nothing is said of a glance", async () => {
  expect(await waited(GLANCE_MS, {})).toEqual({ outcome: "mine", ms: GLANCE_MS, said: 0 });
});
