/**
 * How a use case tells a person what it does; `cli/output.ts` is the implementation that prints.
 * With a terminal a step is a live line with its time; without one it is one line when it ends.
 */
export type Progress = {
  step(title: string): Step;
  /** A line of its own, for what a person should know. */
  say(line: string): void;
  warn(line: string, hint?: string): void;
};

export type Step = {
  /** Replaces the live detail beside the title (the last line of a build, for instance). */
  detail(text: string): void;
  done(note?: string): void;
  fail(note?: string): void;
};

/** Questions to a person; without a terminal the answer is what `--yes` says. */
export type Ask = {
  confirm(question: string): Promise<boolean>;
  /** The person must type the word; `--yes` counts as typed. */
  typed(question: string, word: string): Promise<boolean>;
  /**
   * Read without echo from the terminal, or one line of standard input; with `whole` all of it, without one
   * newline at its end. SoloflowError "input" (exit 2) for a whole input that is not UTF-8 or is absurdly large.
   */
  hidden(question: string, options?: { whole?: boolean }): Promise<string | undefined>;
};
