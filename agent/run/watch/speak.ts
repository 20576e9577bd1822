import type { Progress } from "../../core/progress.ts";

/** Priorities of syslog(3), as journald reads them at the beginning of a line. */
const PRIORITY = { error: 3, warning: 4, notice: 5, info: 6 } as const;

export type Loudness = keyof typeof PRIORITY;

/** One line an event: words for people, then key=value for programs. */
export type Speak = (
  loudness: Loudness,
  words: string,
  pairs?: Readonly<Record<string, string | number | undefined>>,
) => void;

/** With a priority in front where systemd reads the lines (JOURNAL_STREAM is set). */
export function speaker(
  progress: Pick<Progress, "say">,
  env: Readonly<Record<string, string | undefined>>,
): Speak {
  const isJournal = (env.JOURNAL_STREAM ?? "") !== "";
  return (loudness, words, pairs = {}) => {
    const tail = Object.entries(pairs).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}=${quoted(String(value))}`],
    );
    const head = isJournal ? `<${PRIORITY[loudness]}>` : "";
    progress.say(`${head}${[words, ...tail].join(" ").replaceAll("\n", " ")}`);
  };
}

function quoted(text: string): string {
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}
