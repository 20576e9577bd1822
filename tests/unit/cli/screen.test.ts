import { expect, test } from "bun:test";
import { EventEmitter } from "node:events";
import fc from "fast-check";
import { clipped, openScreen } from "../../../agent/cli/screen.ts";

const ESC = "\u001b[";
const LEFT = `${ESC}?25h${ESC}?1049l`;

/** A terminal that keeps what is written, and a process that may end. */
function terminal(columns = 20, rows = 3) {
  let written = "";
  const stream = Object.assign(new EventEmitter(), {
    ...{ columns, rows },
    write: (text: string) => {
      written += text;
    },
  });
  return { stream, process: new EventEmitter(), written: () => written };
}

test("a terminal is left as it was, once, however it is left", () => {
  const { stream, process, written } = terminal();
  {
    using screen = openScreen(stream, process);
    screen.draw(["one"]);
    expect(written()).not.toContain(LEFT);
    process.emit("exit");
  }
  expect(written().split(LEFT)).toHaveLength(2);
  expect(written()).toEndWith(LEFT);
  expect([stream.listenerCount("resize"), process.listenerCount("exit")]).toEqual([0, 0]);
});

test("nothing is drawn on a terminal that was left", () => {
  const { stream, process, written } = terminal();
  const screen = openScreen(stream, process);
  screen[Symbol.dispose]();
  const before = written();
  screen.draw(["late"]);
  expect(written()).toBe(before);
});

test("a frame is written over the one before, and never beyond the terminal's size", () => {
  const { stream, process, written } = terminal(5, 3);
  using screen = openScreen(stream, process);
  const before = written().length;
  screen.draw(["1234567", "b", "c", "d"]);
  const frame = written().slice(before);
  expect(frame).toContain("12345");
  expect(frame).not.toContain("123456");
  expect(frame.split("\r\n")).toHaveLength(3);
  expect(frame).toContain("…");
  // Cleared line by line: a terminal that is cleared as a whole goes dark for a moment.
  expect(frame).not.toContain(`${ESC}2J`);
});

test("a terminal of another size is drawn anew", () => {
  const { stream, process } = terminal();
  using screen = openScreen(stream, process);
  let drawn = 0;
  screen.onResize(() => {
    drawn += 1;
  });
  stream.emit("resize");
  expect(drawn).toBe(1);
});

test("a clipped line has at most so many characters, and all of its colours up to there", () => {
  expect(clipped(`${ESC}31mred${ESC}0m and`, 2)).toBe(`${ESC}31mre`);
  const part = fc.oneof(fc.string({ unit: "grapheme-ascii" }), fc.constant(`${ESC}1;31m`));
  fc.assert(
    fc.property(fc.array(part), fc.nat(40), (parts, columns) => {
      const line = parts.join("");
      const plain = (text: string) => [...text.replaceAll(/\p{Cc}\[[\d;]*m/gu, "")].join("");
      expect(plain(clipped(line, columns))).toBe([...plain(line)].slice(0, columns).join(""));
    }),
  );
});
