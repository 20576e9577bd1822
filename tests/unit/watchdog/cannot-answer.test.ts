import { expect, test } from "bun:test";
import {
  type ContainerProcess,
  cannotAnswer,
  childCannotAnswer,
  handsOn,
  signalNumber,
} from "../../../agent/plan/watchdog/cannot-answer.ts";

const TERM = 1n << 14n;
const process = (change: Partial<ContainerProcess> = {}): ContainerProcess => ({
  ...{ name: "node", state: "S", isNamespaceInit: true, isParent: false },
  ...{ caught: TERM, ignored: 0n, blocked: 0n },
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

test("an init hands signals on by its name, and only as the first process", () => {
  for (const name of ["docker-init", "tini", "tini-static"]) {
    expect(handsOn(process({ name }))).toBe(true);
    expect(handsOn(process({ name, isNamespaceInit: false }))).toBe(false);
  }
  for (const name of ["node", "sh", "supervisord"]) expect(handsOn(process({ name }))).toBe(false);
});

test("its child cannot answer when it is stopped or ignores the signal; every other way it may, or is ended", () => {
  const child = (change: Partial<ContainerProcess>) =>
    childCannotAnswer(process({ isNamespaceInit: false, ...change }), "");
  expect(child({ state: "T" })).toBe("its process is stopped");
  expect(child({ caught: 0n, ignored: TERM })).toBe("its process ignores SIGTERM");
  expect(child({})).toBeUndefined();
  expect(child({ caught: 0n })).toBeUndefined();
  expect(child({ caught: 0n, blocked: TERM })).toBeUndefined();
  expect(child({ state: "D" })).toBeUndefined();
});

test("a child with children of its own gets the whole grace: the init may signal them too", () => {
  const parent = process({ isNamespaceInit: false, isParent: true, caught: 0n, ignored: TERM });
  expect(childCannotAnswer(parent, "SIGTERM")).toBeUndefined();
  expect(childCannotAnswer({ ...parent, state: "T" }, "SIGTERM")).toBeUndefined();
});
