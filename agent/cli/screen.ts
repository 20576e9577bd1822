/** A terminal as a whole: what is drawn replaces what was there, and on closing the terminal is as it was before. */
export type Screen = Disposable & {
  draw(lines: readonly string[]): void;
  /** Called when its size has changed. */
  onResize(redraw: () => void): void;
};

export type ScreenStream = {
  write(text: string): unknown;
  columns?: number;
  rows?: number;
  on?(event: "resize", handler: () => void): unknown;
  off?(event: "resize", handler: () => void): unknown;
};

type Ending = {
  once(event: "exit", handler: () => void): unknown;
  off(event: "exit", handler: () => void): unknown;
};

const ESC = "\u001b[";
/** The other screen, which leaves the lines above as they are; and the cursor, which would jump about. */
const OPEN = `${ESC}?1049h${ESC}?25l`;
const CLOSE = `${ESC}?25h${ESC}?1049l`;
/** Terminals that know it show what stands between as one; the others ignore it. */
const BEGIN = `${ESC}?2026h`;
const END = `${ESC}?2026l`;

/** Takes the terminal until it is disposed of, or the process ends. */
export function openScreen(stream: ScreenStream, process: Ending): Screen {
  let isOpen = true;
  const handlers: (() => void)[] = [];
  const close = () => {
    if (isOpen) stream.write(CLOSE);
    isOpen = false;
  };
  stream.write(OPEN);
  process.once("exit", close);
  return {
    draw(lines) {
      // A line that nobody has told its size (a serial one, for instance) says 0.
      if (isOpen) stream.write(frame(lines, stream.columns || 80, stream.rows || 24));
    },
    onResize(redraw) {
      handlers.push(redraw);
      stream.on?.("resize", redraw);
    },
    [Symbol.dispose]() {
      for (const handler of handlers) stream.off?.("resize", handler);
      process.off("exit", close);
      close();
    },
  };
}

/** Every line is written over its former self and cleared to its end: nothing goes dark between two frames. */
function frame(lines: readonly string[], columns: number, rows: number): string {
  const fitting = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), "…"];
  const drawn = fitting.map((line) => `${clipped(line, columns)}${ESC}0m${ESC}K`);
  return `${BEGIN}${ESC}H${drawn.join("\r\n")}${ESC}J${END}`;
}

/** At most so many characters; colour codes count as none. */
export function clipped(line: string, columns: number): string {
  let width = 0;
  let text = "";
  // A colour code, or one character.
  for (const [part] of line.matchAll(/\p{Cc}\[[\d;]*m|./gu)) {
    if (!/^\p{Cc}/u.test(part)) width += 1;
    if (width > columns) break;
    text += part;
  }
  return text;
}
