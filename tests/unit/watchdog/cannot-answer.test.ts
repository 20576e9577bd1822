import { expect, test } from "bun:test";
import { cannotAnswer, type MainProcess, signalNumber } from "../../../agent/plan/watchdog/cannot-answer.ts";

const TERM = 1n << 14n;
const process = (change: Partial<MainProcess> = {}): MainProcess => ({
  ...{ state: "S", isNamespaceInit: true, caught: TERM, blocked: 0n, isParent: false },
  ...change,
});

test("a process that handles its stop signal gets its whole grace, however slow it is", () => {
  expect(cannotAnswer(process(), "SIGTERM")).toBeUndefined();
  expect(cannotAnswer(process({ state: "D" }), "SIGTERM")).toBeUndefined();
  expect(cannotAnswer(process({ state: "R" }), "")).toBeUndefined();
});

test("so does one that waits for the signal with sigwait or signalfd", () => {
  expect(cannotAnswer(process({ caught: 0n, blocked: TERM }), "SIGTERM")).toBeUndefined();
});

test("so does an init: it seems not to block the signal that it waits for, but it has children", () => {
  expect(cannotAnswer(process({ caught: 0n, isParent: true }), "SIGTERM")).toBeUndefined();
});

test("a stopped or traced process runs no handler", () => {
  for (const state of ["T", "t"])
    expect(cannotAnswer(process({ state }), "SIGTERM")).toBe("its process is stopped");
});

test("PID 1 without a handler never gets the signal; any other process is ended by it", () => {
  expect(cannotAnswer(process({ caught: 0n }), "SIGTERM")).toBe("its process takes no SIGTERM");
  expect(cannotAnswer(process({ caught: 0n, isNamespaceInit: false }), "SIGTERM")).toBeUndefined();
});

test("the container's own stop signal counts; of one without a number nothing is concluded", () => {
  expect(cannotAnswer(process(), "SIGQUIT")).toBe("its process takes no SIGQUIT");
  expect(cannotAnswer(process({ caught: 1n << 2n }), "QUIT")).toBeUndefined();
  expect(cannotAnswer(process({ caught: 0n }), "SIGRTMIN+3")).toBeUndefined();
  expect(cannotAnswer(undefined, "SIGTERM")).toBeUndefined();
  expect(["15", "TERM", "SIGTERM", "sigterm"].map(signalNumber)).toEqual([15, 15, 15, 15]);
});
