import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseLoad, parseMeminfo, parsePressure } from "../../../agent/host/machine/parse-pressure.ts";
import { blockedByAll, parseProcess } from "../../../agent/host/machine/parse-process.ts";

/** As a kernel 6.18 wrote them, of a shell in a container. */
const stat = (name: string) =>
  `4711 (${name}) S 4690 4711 4711 0 -1 4194560 211 300 0 0 12 34 5 6 20 0 1 0 8765432 2420736 420 18446744073709551615 1 1 0 0 0 0 0 0 65538 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
const status = (name: string, more = "") =>
  [
    ...[`Name:\t${name}`, "Umask:\t0022", "State:\tS (sleeping)", "Tgid:\t4711", "Pid:\t4711"],
    ...["NStgid:\t4711\t1", "NSpid:\t4711\t1", "Threads:\t1", "SigQ:\t0/95000", "SigPnd:\t0000000000000000"],
    ...["SigBlk:\t0000000000010000", "SigIgn:\t0000000000000004", "SigCgt:\t8000000000004002", more],
  ].join("\n");

test("a process is read as the kernel tells it", () => {
  expect(parseProcess(stat("sh"), status("sh"))).toEqual({
    ...{ name: "sh", state: "S", isNamespaceInit: true, startTicks: "8765432", cpuTicks: 46 },
    ...{ blocked: 0x10000n, ignored: 4n, caught: 0x8000000000004002n },
  });
});

test("only the first process of its own namespace is its init", () => {
  const of = (numbers: string) =>
    parseProcess(stat("sh"), status("sh").replace("NSpid:\t4711\t1", `NSpid:\t${numbers}`))?.isNamespaceInit;
  expect(of("4711\t7\t1")).toBe(true);
  expect(of("1")).toBe(true);
  expect(of("4711\t1\t7")).toBe(false);
  expect(of("4711\t11")).toBe(false);
  expect(of("4711")).toBe(false);
});

test("a name that looks like what follows it changes nothing", () => {
  const facts = parseProcess(stat("sh"), status("sh"));
  if (facts === undefined) throw new Error("no process");
  for (const name of ["a) b", ") T 1 1", "x) R 1 (y", "SigCgt:\\nSigCgt:\\t0", "State:\tT", "(("]) {
    expect(parseProcess(stat(name), status(name))).toEqual({ ...facts, name });
  }
  fc.assert(
    fc.property(fc.string({ maxLength: 15 }), (text) => {
      // The kernel escapes newlines in the name in status, and writes it as it is in stat.
      const name = text.replaceAll("\n", "\\n");
      expect(parseProcess(stat(text), status(name))).toEqual({ ...facts, name });
    }),
  );
});

test("a signal counts as blocked by other threads where each of them blocks it, not one alone", () => {
  const [all, none] = ["SigBlk:\tfffffffe3ffbfa07", "SigBlk:\t0000000000000000"];
  expect(blockedByAll([all, all])).toBe(0xfffffffe3ffbfa07n);
  expect(blockedByAll([none, all, none])).toBe(0n);
  expect(blockedByAll([])).toBe(0n);
});

test("what is no such text, or was cut short, is no process", () => {
  expect(parseProcess("", "")).toBeUndefined();
  expect(parseProcess("4711 (sh", "")).toBeUndefined();
  expect(parseProcess("4711 (sh) S 1 2", status("sh"))).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      parseProcess(one, other);
    }),
  );
});

test("pressure is the share of ten seconds in which somebody waited, or unknown", () => {
  const text =
    "some avg10=8.24 avg60=7.50 avg300=6.97 total=1\nfull avg10=100.00 avg60=0.00 avg300=0.00 total=0\n";
  expect(parsePressure(text)).toBe(8.24);
  expect(parsePressure("some avg10=100 avg60=1")).toBe(100);
  for (const none of [undefined, "", "full avg10=1.00 avg60=0", "some avg10=x "]) {
    expect(parsePressure(none)).toBeUndefined();
  }
});

test("load and memory are read, and what is missing is none", () => {
  expect(parseLoad("2.31 1.90 1.75 3/412 9876\n")).toBe(2.31);
  expect(parseLoad("")).toBe(0);
  const meminfo = "MemTotal:       24576000 kB\nMemFree:          100 kB\nMemAvailable:   12288000 kB\n";
  expect(parseMeminfo(meminfo)).toEqual({
    totalBytes: 24_576_000 * 1_024,
    availableBytes: 12_288_000 * 1_024,
  });
  expect(parseMeminfo("")).toEqual({ totalBytes: 0, availableBytes: 0 });
});
