import { expect, test } from "bun:test";
import { ownCode, trimMemory } from "../../../agent/host/trim-memory.ts";

const mapping = (range: string, mode: string, path: string, dirty: number) =>
  `${range} ${mode} 00001000 fe:00 42      ${path}\nSize: 4 kB\nPrivate_Clean: 4 kB\nPrivate_Dirty:  ${dirty} kB\n`;

test("only code of the program itself is given back, and none that was changed in memory", () => {
  const smaps = [
    mapping("00001000-00003000", "r-xp", "/opt/agent", 0),
    mapping("00004000-00005000", "r-xp", "/opt/agent", 4),
    mapping("00006000-00007000", "rw-p", "/opt/agent", 0),
    mapping("00008000-00009000", "r-xp", "/lib/libc.so.6", 0),
  ].join("");
  expect(ownCode(smaps, "/opt/agent")).toEqual([{ from: 0x1000n, length: 0x2000n }]);
});

test("the process goes on as before", () => {
  trimMemory();
  expect([3, 1, 2].sort()).toEqual([1, 2, 3]);
});
