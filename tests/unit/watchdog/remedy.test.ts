import { expect, test } from "bun:test";
import { chooseRemedy, type RemedyFacts } from "../../../agent/plan/watchdog/remedy.ts";

const MIB = 1024 * 1024;
const facts = (change: Partial<RemedyFacts> = {}): RemedyFacts => ({
  ...{ strategy: "overlap", role: "serving", state: "running", orphaned: false, standbyReady: false },
  ...{ sameSpec: true, standbyTaken: undefined },
  memory: { availableBytes: 1_000 * MIB, totalBytes: 2_000 * MIB, inUseBytes: 100 * MIB },
  ...change,
});
const memory = (availableBytes: number, inUseBytes: number | undefined) =>
  facts({ memory: { availableBytes, totalBytes: 2_000 * MIB, inUseBytes } });

test("a serving colour is replaced by the other one, where there is memory for both", () => {
  expect(chooseRemedy(facts()).how).toBe("other-colour");
  // 1.5 × 100 MiB and 5 % of 2,000 MiB.
  expect(chooseRemedy(memory(250 * MIB, 100 * MIB)).how).toBe("other-colour");
  expect(chooseRemedy(memory(250 * MIB - 1, 100 * MIB))).toEqual({
    how: "in-place",
    why: "a second colour needs 250 MiB of memory, 250 MiB are free",
  });
});

test("a small app is taken to need 64 MiB; one whose memory is not known is restarted in place", () => {
  expect(chooseRemedy(memory(164 * MIB, MIB)).how).toBe("other-colour");
  expect(chooseRemedy(memory(164 * MIB - 1, MIB)).how).toBe("in-place");
  expect(chooseRemedy(memory(1_900 * MIB, undefined)).how).toBe("in-place");
});

test("a warm standby that is ready serves at once, whatever memory there is", () => {
  expect(chooseRemedy({ ...memory(0, undefined), standbyReady: true }).how).toBe("standby");
});

test("the standby itself, and what has one container, is restarted in place", () => {
  expect(chooseRemedy(facts({ role: "standby" })).how).toBe("in-place");
  expect(chooseRemedy(facts({ strategy: "replace" })).how).toBe("in-place");
});

test("what does not run is started; what lost its network is made anew", () => {
  expect(chooseRemedy(facts({ state: "exited" })).how).toBe("start");
  expect(chooseRemedy(facts({ strategy: "replace", orphaned: true })).how).toBe("recreate");
});

test("no version is started that no deploy has proven: one that was killed may have left it in the model", () => {
  for (const facts_ of [facts(), facts({ strategy: "replace", orphaned: true })]) {
    const remedy = chooseRemedy({ ...facts_, sameSpec: false });
    expect(remedy.how).toBe("in-place");
    expect(remedy.why).toContain("soloflow-agent deploy");
  }
  expect(chooseRemedy(facts({ sameSpec: false, strategy: "replace" })).why).toBe("it has no other colour");
  expect(chooseRemedy(facts({ sameSpec: false, standbyReady: true })).how).toBe("standby");
});

test("a standby that starts, or that a person has stopped, is not removed to make room for another", () => {
  expect(chooseRemedy(facts({ standbyTaken: "a person has stopped it" }))).toEqual({
    how: "in-place",
    why: "a person has stopped it",
  });
});
