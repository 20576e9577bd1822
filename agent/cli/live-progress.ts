import { formatDuration } from "../core/duration.ts";
import type { Progress, Step } from "../core/progress.ts";
import type { Output } from "./output.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const FRAME_MS = 100;

export type LiveStream = { write(text: string): unknown; isTTY?: boolean; columns?: number };
type Live = { title: string; detail: string; startedAt: number };

/** Live lines with spinners on a terminal; one line a finished step elsewhere. */
export class LiveProgress implements Progress {
  readonly #output: Output;
  readonly #streams: { readonly stderr: LiveStream };
  readonly #live = new Set<Live>();
  #drawnLines = 0;
  #frame = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(output: Output, streams: { readonly stderr: LiveStream }) {
    this.#output = output;
    this.#streams = streams;
  }

  step(title: string): Step {
    const step: Live = { title, detail: "", startedAt: performance.now() };
    this.#live.add(step);
    if (this.#streams.stderr.isTTY === true) {
      this.#timer ??= setInterval(() => this.#draw(), FRAME_MS);
      this.#draw();
    }
    return {
      detail: (text) => {
        step.detail = text;
      },
      done: (note) => this.#end(step, this.#output.inNote.good("✓"), note),
      fail: (note) => this.#end(step, this.#output.inNote.bad("✗"), note),
    };
  }

  say(line: string): void {
    this.#erase();
    this.#output.note(line);
    if (this.#timer !== undefined) this.#draw();
  }

  warn(line: string, hint?: string): void {
    this.say(`warning: ${line}${hint === undefined ? "" : `\n  hint: ${hint}`}`);
  }

  #end(step: Live, mark: string, note?: string): void {
    if (!this.#live.delete(step)) return;
    if (this.#live.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    const time = this.#output.inNote.dim(formatDuration(performance.now() - step.startedAt));
    this.say(`${mark} ${step.title}${note === undefined ? "" : `: ${note}`} ${time}`);
  }

  #draw(): void {
    this.#erase();
    const width = (this.#streams.stderr.columns ?? 80) - 1;
    for (const step of this.#live) {
      const time = formatDuration(performance.now() - step.startedAt);
      const line = `${FRAMES[this.#frame % FRAMES.length]} ${step.title} ${time} ${step.detail}`;
      this.#streams.stderr.write(`${line.slice(0, width)}\n`);
      this.#drawnLines += 1;
    }
    this.#frame += 1;
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#streams.stderr.write(`\u001b[${this.#drawnLines}A\u001b[J`);
    this.#drawnLines = 0;
  }
}
