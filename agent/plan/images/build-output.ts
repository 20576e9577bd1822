/** What BuildKit said of a build that failed. */
export type BuildFailure = {
  /** "[build 3/9] RUN npm ci"; undefined when it failed before any. */
  step?: string;
  /** "Dockerfile:12". */
  place?: string;
  /** BuildKit's own last word, without "failed to solve". */
  reason: string;
  /** The last lines that the step printed; where BuildKit gave no reason, the last that came at all. */
  lines: readonly string[];
};

const TAIL_LINES = 30;
const MAX_DETAIL = 160;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins every colour code
const COLOUR = /\u001b\[[\d;]*[A-Za-z]/g;

/** Reads the lines of `docker build --progress=plain` as they come. */
export class BuildOutput {
  readonly #steps = new Map<string, { title: string; tail: string[]; failed: boolean }>();
  readonly #tail: string[] = [];
  #detail = "";
  #previous = "";
  #place: string | undefined;
  #reason: string | undefined;

  /** For a person who waits: "3/9 RUN npm ci | added 120 packages". */
  get detail(): string {
    return this.#detail;
  }

  push(raw: string): void {
    const line = raw.replaceAll(COLOUR, "");
    keepLast(this.#tail, line);
    const match = /^#(\d+) (.*)$/.exec(line);
    if (match === null) this.#readEnd(line);
    else this.#readStep(match[1] ?? "", match[2] ?? "");
  }

  failure(): BuildFailure {
    const failed = [...this.#steps.values()].find((step) => step.failed);
    const lines = failed?.tail ?? (this.#reason === undefined ? this.#tail : []);
    return {
      ...(failed === undefined || failed.title.startsWith("[internal]") ? {} : { step: failed.title }),
      ...(this.#place === undefined ? {} : { place: this.#place }),
      reason: this.#reason ?? "docker build gave no reason",
      lines: [...lines],
    };
  }

  #readStep(number: string, text: string): void {
    const step = this.#steps.get(number);
    if (step === undefined) {
      this.#steps.set(number, { title: text, tail: [], failed: false });
      if (/^\[(\S+ )?\d+\/\d+\]/.test(text)) this.#detail = shortTitle(text);
      return;
    }
    if (text.startsWith("ERROR")) step.failed = true;
    const output = /^\d+\.\d+ (.*)$/.exec(text)?.[1];
    if (output === undefined) return;
    keepLast(step.tail, output);
    if (output.trim() !== "")
      this.#detail = `${shortTitle(step.title)} | ${output.trim()}`.slice(0, MAX_DETAIL);
  }

  /** After the steps: the failing line of the Dockerfile, and in one sentence why. */
  #readEnd(line: string): void {
    // The file and line stand above a rule of twenty dashes; a step's own output may look like it.
    if (/^-{20}$/.test(line) && /^\S.*:\d+$/.test(this.#previous)) this.#place = this.#previous;
    this.#previous = line;
    const error = /^ERROR: (.*)$/.exec(line)?.[1];
    if (error !== undefined) this.#reason = error.replace(/^failed to (solve|build): /, "");
  }
}

/** "[build 3/9] RUN npm ci" to "3/9 RUN npm ci". */
function shortTitle(title: string): string {
  return title.replace(/^\[(?:\S+ )?(\d+\/\d+)\]/, "$1").slice(0, MAX_DETAIL);
}

function keepLast(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > TAIL_LINES) lines.shift();
}
